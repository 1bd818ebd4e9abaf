// The samples to which a meta-learned model adapts before it is scored for a market (Bonab et al., CIKM 2021). The released code takes
// them from the validation candidates and includes them in the validation metrics. Here their users can be left out of those metrics,
// or training samples used instead, all of them in a market that has fewer. Any candidate can be drawn, so about one in a hundred is a
// positive, as in the released code.

namespace ForecEngine.Recommenders.Adaptation;

internal sealed class SupportSet
{
    private readonly Func<IDevice, Minibatch> _draw;
    private readonly HashSet<int> _users = [];

    /// <summary>Draws the support set of a market.</summary>
    /// <param name="market">The market.</param>
    /// <param name="valid">The validation candidates; if there are none, training samples are used.</param>
    /// <param name="fit">The settings, including the number and origin of the samples.</param>
    /// <param name="seed">The seed of the experiment.</param>
    public SupportSet(PlacedMarket market, IReadOnlyList<CandidateList> valid, MetaFit fit, ulong seed)
    {
        int size = fit.MetaLearning.SupportSize;
        if (fit.MetaLearning.AdaptOn == AdaptOn.Train || valid.Count == 0)
        {
            _draw = device =>
            {
                SampleStream stream = new(device, [market], fit.Samples, seed, "adapt", firstEpoch: 0);
                stream.Begin(0);
                return stream.BatchAt(0);
            };
            return;
        }

        (CandidateList List, int Place)[] candidates = [.. valid.SelectMany(list => list.Items.Select((_, place) => (list, place)))];
        if (candidates.Length < size)
            throw TooFew($"{market.Market.Name}: {size} shots are more than its {candidates.Length} validation candidates");
        KeyedOrder order = new(RandomSequence.Named(seed, $"shots/{market.Market.Name}"), 0, candidates.Length);
        (CandidateList List, int Place)[] drawn = [.. Enumerable.Range(0, size).Select(place => candidates[order.At(place)])];
        _draw = device =>
        {
            Minibatch batch = new(device, size);
            batch.Set(
                [.. drawn.Select(sample => market.UserRows[sample.List.User])],
                [.. drawn.Select(sample => market.ItemRows[sample.List.Items[sample.Place]])],
                [.. drawn.Select(sample => (Real)(sample.List.Relevance[sample.Place] > 0 ? 1 : 0))],
                [.. drawn.Select(_ => market.Index)]);
            return batch;
        };
        if (fit.MetaLearning.AdaptOn != AdaptOn.ValidHeldOut)
            return;
        _users.UnionWith(drawn.Select(sample => sample.List.User));
        if (valid.All(list => _users.Contains(list.User)))
            throw TooFew($"{market.Market.Name}: {size} shots belong to all {valid.Count} users, so no user is left for validation");
    }

    /// <summary>Draws a market's support set; one from validation is drawn from candidates with this many sampled negatives per
    /// user.</summary>
    public static SupportSet Draw(PlacedMarket market, int negatives, MetaFit fit, ulong seed) =>
        new(market, SampledCandidates.ForShots(market.Market, seed, negatives, fit.Samples.NegativesExclude), fit, seed);

    /// <summary>The lists of users who are not in a held-out support set.</summary>
    public IReadOnlyList<CandidateList> Unseen(IReadOnlyList<CandidateList> lists) => lists is AllCandidates all
        ? all.Where(user => !_users.Contains(user))
        : [.. lists.Where(list => !_users.Contains(list.User))];

    /// <summary>The support set as a minibatch.</summary>
    public Minibatch ToMinibatch(IDevice device) => _draw(device);

    private static DataFormatException TooFew(string problem) => new($"{problem}; use fewer shots, or training samples as shots")
    {
        Settings = [nameof(MetaLearningSettings.SupportSize), nameof(MetaLearningSettings.AdaptOn)],
    };
}
