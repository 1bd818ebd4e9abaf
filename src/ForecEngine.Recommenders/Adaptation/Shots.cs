// The samples that a meta-learned model adapts to before it is scored for a market (Bonab et al., CIKM 2021). The released
// code takes them from the validation candidates and then scores validation with them among it; here their users can be
// left out of that score, or training samples taken instead. A shot is any of the candidates, so about one in a hundred is
// a positive, as in the released code.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A market's shots.</summary>
internal sealed class Shots
{
    private readonly Action<Minibatch> _fill;
    private readonly HashSet<int> _users = [];

    /// <summary>Draws a market's shots.</summary>
    /// <param name="market">The market.</param>
    /// <param name="valid">Its validation candidates; training samples are taken where there are none.</param>
    /// <param name="options">How many, and where from.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <exception cref="DataFormatException">The market has fewer samples, or no user is left to score validation for.</exception>
    public Shots(PlacedMarket market, IReadOnlyList<CandidateList> valid, TrainingOptions options, ulong seed)
    {
        if (options.AdaptOn == AdaptOn.Train || valid.Count == 0)
        {
            RequireTrainingSamples(market.Market, options);
            SampleStream stream = new([market], options with { BatchSize = options.Shots }, seed, "adapt", firstEpoch: 0);
            stream.Begin(0);
            _fill = batch => stream.Next(batch);
            return;
        }

        (CandidateList List, int Place)[] candidates = [.. valid.SelectMany(list => list.Items.Select((_, place) => (list, place)))];
        if (candidates.Length < options.Shots)
            throw new DataFormatException(
                $"{market.Market.Name}: {options.Shots} shots are more than its {candidates.Length} validation candidates; "
                + "fewer shots, or training samples as shots, would do")
            {
                Settings = [nameof(TrainingOptions.Shots), nameof(TrainingOptions.AdaptOn)],
            };
        int[] order = [.. Enumerable.Range(0, candidates.Length)];
        RandomSequence.Named(seed, $"shots/{market.Market.Name}").Shuffle<int>(order);
        (CandidateList List, int Place)[] shots = [.. order.Take(options.Shots).Select(i => candidates[i])];
        _fill = batch => batch.Set(
            [.. shots.Select(shot => market.UserRows[shot.List.User])],
            [.. shots.Select(shot => market.ItemRows[shot.List.Items[shot.Place]])],
            [.. shots.Select(shot => (Real)(shot.List.Relevance[shot.Place] > 0 ? 1 : 0))],
            [.. shots.Select(_ => market.Index)]);
        if (options.AdaptOn != AdaptOn.ValidHeldOut)
            return;
        _users.UnionWith(shots.Select(shot => shot.List.User));
        if (valid.All(list => _users.Contains(list.User)))
            throw new DataFormatException(
                $"{market.Market.Name}: {options.Shots} shots are of all {valid.Count} users, so that validation is left without any; "
                + "fewer shots, or training samples as shots, would do")
            {
                Settings = [nameof(TrainingOptions.Shots), nameof(TrainingOptions.AdaptOn)],
            };
    }

    /// <summary>Draws a market's shots, those of validation among so many sampled negatives a user.</summary>
    /// <exception cref="DataFormatException">The market has fewer samples, or no user is left to score validation for.</exception>
    public static Shots Draw(PlacedMarket market, int negatives, TrainingOptions options, ulong seed) =>
        new(market, SampledCandidates.ForShots(market.Market, seed, negatives, options.NegativesExclude), options, seed);

    /// <summary>Refuses a market that has fewer training samples than there are shots.</summary>
    /// <exception cref="DataFormatException">It has fewer.</exception>
    public static void RequireTrainingSamples(Market market, TrainingOptions options)
    {
        long samples = 0;
        foreach (float label in market.TrainLabels)
            samples += label > 0 ? 1 + options.Negatives : 1;
        if (samples < options.Shots)
            throw new DataFormatException(
                $"{market.Name}: {options.Shots} shots are more than its {samples} training samples; fewer shots would do")
            {
                Settings = [nameof(TrainingOptions.Shots)],
            };
    }

    /// <summary>The lists whose users the model has not adapted to.</summary>
    public IReadOnlyList<CandidateList> Unseen(IReadOnlyList<CandidateList> lists) => [.. lists.Where(list => !_users.Contains(list.User))];

    /// <summary>The shots as a minibatch.</summary>
    public Minibatch ToMinibatch(IDevice device, int capacity)
    {
        Minibatch batch = new(device, capacity);
        _fill(batch);
        return batch;
    }
}
