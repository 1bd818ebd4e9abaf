// Item vectors of a factorisation: score(u, j) = x(u) y(j), where x(u) is the least-squares solution for the history of u (LeastSquares).

namespace ForecEngine.Recommenders.Fits;

/// <summary>Item vectors as a model.</summary>
public sealed class FactorisedItems : IFittedModel
{
    private const string Histories = "user_items", Vectors = "item_factors.weight", Solution = "least_squares";

    private readonly UserHistories _histories;
    private readonly double[][] _vectors;
    private readonly Recency _recency;
    private readonly double[] _solution;
    private readonly LeastSquares _users;

    /// <summary>A model.</summary>
    /// <param name="histories">The items of each user.</param>
    /// <param name="vectors">The vector of each item.</param>
    /// <param name="unobserved">The weight of all pairs.</param>
    /// <param name="ridge">The ridge.</param>
    /// <param name="recency">The weights of a user's items.</param>
    public FactorisedItems(UserHistories histories, double[][] vectors, double unobserved, double ridge, Recency recency)
    {
        // Rounded as in a checkpoint, so that a model that is read scores with the same bits.
        (_histories, _recency, _solution) = (histories, recency, [unobserved, ridge]);
        _vectors = Array.ConvertAll(vectors, vector => Array.ConvertAll(vector, number => (double)(Real)number));
        _users = new LeastSquares(_vectors, unobserved, ridge);
    }

    /// <summary>The model's entry in the catalog.</summary>
    public static ModelEntry Entry { get; } = new("ials", Recognise, (_, file, shape) =>
    {
        Real[] values = new Real[shape.Items * shape.Dimension];
        file.Find(Vectors, shape.Items, shape.Dimension).CopyTo(values);
        double[] solution = new double[2];
        file.Find(Solution, 2).CopyTo(solution);
        if (solution is not [>= 0 and < double.PositiveInfinity, > 0 and < double.PositiveInfinity])
        {
            string right = "expects a weight of at least 0 and a ridge above 0";
            throw new CheckpointException(file.Path, $"{Solution} is damaged: {right}, got {solution[0]} and {solution[1]}");
        }

        return new FactorisedItems(
            UserHistories.Read(file, Histories, shape.Items),
            [.. values.Chunk(shape.Dimension).Select(vector => Array.ConvertAll(vector, number => (double)number))], solution[0],
            solution[1], Recency.Read(file));
    });

    /// <inheritdoc/>
    public IEnumerable<SafeTensor> Tensors =>
    [
        .. _histories.Tensors(Histories),
        SafeTensor.Of(Vectors, (Real[])[.. _vectors.SelectMany(Rounded)], _vectors.Length, _vectors[0].Length),
        SafeTensor.Of(Solution, _solution, 2), _recency.Tensor,
    ];

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null) => new HistoryScorer(_histories, Score);

    private void Score(History history, ReadOnlySpan<int> items, Span<Real> scores)
    {
        Real[] weights = new Real[history.Items.Length];
        for (int place = 0; place < weights.Length; place++)
            weights[place] = _recency.Of(history, place);
        double[] user = _users.Vector(history.Items, weights);
        for (int i = 0; i < items.Length; i++)
        {
            double[] item = _vectors[items[i]];
            double sum = 0;
            for (int k = 0; k < user.Length; k++)
                sum += user[k] * item[k];
            scores[i] = (Real)sum;
        }
    }

    private static IEnumerable<Real> Rounded(double[] vector) => vector.Select(number => (Real)number);

    private static ModelShape? Recognise(SafetensorsFile file) =>
        file.TryFind($"{Histories}.starts", out SafeTensor? users) && file.TryFind(Solution, out _)
            && file.TryFind(Vectors, out SafeTensor? items) && items.Shape.Count == 2 && items.Count > 0
            ? new ModelShape(users.Count - 1, items.Shape[0], items.Shape[1], [])
            : null;
}
