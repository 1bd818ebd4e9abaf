// Item bags: a user's vector is a weighted sum of the vectors of the user's items, and a market's items compete in a softmax. For the items
// i of user u with the weights w of Recency, the last item l, and the market m:
//   x(u) = (sum of w(i) in(i)) / sqrt(max(1, sum of w(i))) + last(l),   score(u, j) = x(u) out(j) + b(m, j).
// (A factored item similarity: Kabbur, Ning and Karypis, "FISM", KDD 2013; trained as the word vectors of Mikolov et al. are, with all
// items in the softmax.) Users have no parameters, so that a new user is the user's items. Markets share all vectors, but not the biases.
// Histories without times have no last item.

namespace ForecEngine.Recommenders.Models;

/// <summary>Item bags as a model.</summary>
public sealed class ItemBag : IFittedModel
{
    private const string Histories = "user_items";

    /// <summary>A model of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="histories">The items of each user.</param>
    /// <param name="recency">The weights of a user's items.</param>
    /// <param name="markets">The number of markets.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="dimension">The dimension of the vectors.</param>
    public ItemBag(IDevice device, UserHistories histories, Recency recency, int markets, int items, int dimension)
    {
        (Users, Recency, Markets) = (histories, recency, markets);
        In = new EmbeddingTable(device, "item_in.weight", items, dimension);
        Last = new EmbeddingTable(device, "last_item.weight", items, dimension);
        Out = new EmbeddingTable(device, "item_out.weight", items, dimension);
        Bias = new EmbeddingTable(device, "item_bias.weight", checked(markets * items), 1) { Decays = false };
        Parameters = [In, Last, Out, Bias];
    }

    /// <summary>The model's entry in the catalog.</summary>
    public static ModelEntry Entry { get; } = new("item-bag", Recognise, (device, file, shape) =>
    {
        ItemBag model = new(
            device, UserHistories.Read(file, Histories, shape.Items), Recency.Read(file), shape.Markets, shape.Items, shape.Dimension);
        foreach (Parameter parameter in model.Parameters)
        {
            Real[] values = new Real[parameter.Value.Values.Length];
            file.Find(parameter.Name, [.. parameter.Shape]).CopyTo(values);
            parameter.Value.Values.Write(values);
        }

        return model;
    });

    /// <summary>The vectors of a user's items, [items, dimension].</summary>
    public EmbeddingTable In { get; }

    /// <summary>The vectors of a user's last item, [items, dimension].</summary>
    public EmbeddingTable Last { get; }

    /// <summary>The vectors of scored items, [items, dimension].</summary>
    public EmbeddingTable Out { get; }

    /// <summary>The bias of each item in each market, [markets x items, 1].</summary>
    public EmbeddingTable Bias { get; }

    /// <summary>All parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The items of each user.</summary>
    public UserHistories Users { get; }

    /// <summary>The weights of a user's items.</summary>
    public Recency Recency { get; }

    /// <summary>The number of markets.</summary>
    public int Markets { get; }

    /// <summary>The number of items.</summary>
    public int Items => In.Value.Rows;

    /// <summary>The dimension of the vectors.</summary>
    public int Dimension => In.Value.Columns;

    /// <inheritdoc/>
    public IEnumerable<SafeTensor> Tensors =>
    [
        .. Users.Tensors(Histories), Recency.Tensor,
        .. Parameters.Select(parameter => SafeTensor.Of(parameter.Name, parameter.Value.Values, [.. parameter.Shape])),
    ];

    /// <summary>Draws initial vectors; biases are 0.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="purpose">The name of the draws.</param>
    /// <param name="deviation">The standard deviation of item vectors; that of last items' is a tenth.</param>
    public void Initialise(ulong seed, string purpose, double deviation)
    {
        Initial.Normal(In, deviation, seed, purpose);
        Initial.Normal(Out, deviation, seed, purpose);
        Initial.Normal(Last, deviation / 10, seed, purpose);
    }

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null)
    {
        ItemBagVectors vectors = new(device, this, Users);
        return new DotScorer(
            device, vectors.Values, Out.Value, Bias.Value.Values.Part(Math.Max(0, market) * Items, Items), FoldedIn)
        {
            BeforeUsers = vectors.Compute,
        };

        Matrix FoldedIn(IReadOnlyList<ItemHistory> histories)
        {
            ItemBagVectors own = new(device, this, UserHistories.Of(histories));
            own.Compute([.. Enumerable.Range(0, histories.Count)]);
            return own.Values;
        }
    }

    private static ModelShape? Recognise(SafetensorsFile file)
    {
        if (!file.TryFind($"{Histories}.starts", out SafeTensor? users) || !file.TryFind("item_in.weight", out SafeTensor? items)
            || !file.TryFind("item_bias.weight", out SafeTensor? bias) || items.Shape.Count != 2 || items.Count == 0)
            return null;
        (int count, int dimension) = (items.Shape[0], items.Shape[1]);
        file.Find("last_item.weight", count, dimension);
        file.Find("item_out.weight", count, dimension);
        if (bias.Count == 0 || bias.Count % count != 0)
            throw new CheckpointException(file.Path, $"item_bias.weight has {bias.Count} elements; expects a multiple of {count} items");
        return new ModelShape(users.Count - 1, count, dimension, []) { Markets = bias.Count / count };
    }
}
