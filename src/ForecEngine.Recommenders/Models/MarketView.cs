// Market-aware item vectors (Bhargav, Aliannejadi and Kanoulas, "Market-Aware Models for Efficient Cross-Market Recommendation", ECIR
// 2023): the elementwise product of the item's vector and the market's.

namespace ForecEngine.Recommenders.Models;

internal static class MarketView
{
    /// <summary>The vectors of a minibatch's items, multiplied by those of the samples' markets if the model has market vectors.</summary>
    public static Tensor Items(Tape tape, Minibatch batch, Embedding items, Embedding? markets) => markets is null
        ? items.Apply(tape, batch.Items)
        : tape.Multiply(items.Apply(tape, batch.Items), markets.Apply(tape, batch.Markets));

    /// <summary>The table of market vectors, if there is one.</summary>
    public static IEnumerable<Parameter> Tables(Embedding? markets) => markets is null ? [] : [markets.Table];

    /// <summary>
    /// Draws the market vectors from N(0, 1), as in the released code. They are factors, so the products have the standard deviation of
    /// the item vectors.
    /// </summary>
    public static void Initialise(Embedding? markets, ulong seed, string purpose) =>
        markets?.Initialise(seed, purpose, standardDeviation: 1);
}
