// Weighs models by the choices of users: each validation item of the target among sampled items that the user has not in training. Nothing
// tells the blend which candidates are held out: an item's features are scores of models that were fitted to training rows. A validation
// item that the user also has in training is a choice like any other, because it is ranked like any other (AllCandidates keeps it).

namespace ForecEngine.Recommenders.Fits;

/// <summary>Fits the weights of a blend by a conditional logit.</summary>
/// <param name="Parts">The parts, with the weights that they have without any choice.</param>
/// <param name="Strength">The strength of these weights, in users.</param>
/// <param name="Negatives">The number of sampled items for each user.</param>
public sealed record BlendFit(IReadOnlyList<BlendPart> Parts, double Strength = 200, int Negatives = 99) : ClosedFit
{
    private const int BlockUsers = 256;

    /// <summary>A blend whose weights are taken; null to fit them.</summary>
    [JsonIgnore]
    public Blend? Fitted { get; init; }

    /// <summary>The weights of <see cref="Fitted"/>, for records.</summary>
    public IReadOnlyList<BlendPart>? Weights => Fitted?.Parts;

    /// <inheritdoc/>
    public override bool IsForTarget => true;

    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        // In the order of a checkpoint, so that a model that is read adds in the same order.
        BlendPart[] parts = [.. Parts.OrderBy(part => part.Key, StringComparer.Ordinal)];
        IFittedModel[] models = [.. parts.Select(part => input.Earlier[part.Key])];
        if (Fitted is { } fitted)
            return new Blend(fitted.Parts, models);
        IScorer[] scorers = [.. models.Select(model => model.Scorer(input.Device, input.Target.Index))];
        ConditionalLogit logit = new([.. parts.Select(part => part.Weight)], Strength);
        foreach (HeldOutRow[] rows in input.Target.Market.Valid.Where(row => row.Relevance > 0).Chunk(BlockUsers))
            Add(logit, input, parts, scorers, rows);
        double[] weights = logit.Fit();
        return new Blend([.. parts.Zip(weights, (part, weight) => part with { Weight = weight })], models);
    }

    private void Add(ConditionalLogit logit, FitInput input, BlendPart[] parts, IScorer[] scorers, HeldOutRow[] rows)
    {
        Market market = input.Target.Market;
        RandomSequence draws = RandomSequence.Named(input.Seed, $"blend/{market.Name}");
        List<int> users = [], items = [];
        int[] ends = new int[rows.Length];
        foreach ((int place, HeldOutRow row) in rows.Index())
        {
            int[] seen = [.. market.Trained(row.User).ToArray().Append(row.Item).Distinct().Order()];
            int[] drawn = new int[UnseenItems.Count(seen, market.PoolSize, Negatives)];
            UnseenItems.Draw(seen, market.PoolSize, draws, row.User, rows: 1, drawn);
            items.AddRange(drawn.Prepend(row.Item).Select(item => input.Target.ItemRows[item]));
            users.AddRange(Enumerable.Repeat(input.Target.UserRows[row.User], 1 + drawn.Length));
            ends[place] = items.Count;
        }

        double[] features = new double[items.Count * parts.Length];
        Real[] scores = new Real[items.Count];
        for (int part = 0; part < parts.Length; part++)
        {
            scorers[part].Score([.. users], [.. items], scores);
            for (int i = 0; i < scores.Length; i++)
                features[(i * parts.Length) + part] = parts[part].Feature(scores[i]);
        }

        for (int place = 0; place < rows.Length; place++)
            logit.Add(features.AsSpan(((place == 0 ? 0 : ends[place - 1]) * parts.Length)..(ends[place] * parts.Length)));
    }
}
