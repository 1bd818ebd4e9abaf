// Items as a market sees them (Bhargav, Aliannejadi and Kanoulas, "Market-Aware Models for Efficient Cross-Market
// Recommendation", ECIR 2023): the item's vector times the market's, elementwise.

using ForecEngine.Autodiff;

namespace ForecEngine.Recommenders.Models;

/// <summary>Market vectors of the models that may have them.</summary>
internal static class MarketView
{
    /// <summary>The vectors of a minibatch's items, each times the vector of its sample's market where markets have one.</summary>
    public static Tensor Items(Tape tape, Minibatch batch, Embedding items, Embedding? markets) => markets is null
        ? items.Apply(tape, batch.Items)
        : tape.Multiply(items.Apply(tape, batch.Items), markets.Apply(tape, batch.Markets));

    /// <summary>The markets' table, if there is one.</summary>
    public static IEnumerable<Parameter> Tables(Embedding? markets) => markets is null ? [] : [markets.Table];

    /// <summary>
    /// Draws the market vectors from N(0, 1), as the released code does. They are factors: whatever deviation is asked for
    /// of the vectors that they multiply, the products have it too.
    /// </summary>
    public static void Initialise(Embedding? markets, ulong seed, string purpose) => markets?.Initialise(seed, purpose, standardDeviation: 1);
}
