// What a meta-learned model does before it is scored for a market (Bonab et al., CIKM 2021): one inner step on a few of
// the market's samples. The released code takes them from the validation candidates and then scores validation with
// them among it; here their users can be left out of that score, or training samples taken instead.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Adapts a model to a market for as long as something is asked of it.</summary>
internal sealed class MarketAdaptation
{
    private readonly IDevice _device;
    private readonly IRecommender _model;
    private readonly Minibatch _shots;
    private readonly InnerStep _step;
    private readonly HashSet<int> _seen = [];

    /// <summary>Draws a market's shots.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="model">The model.</param>
    /// <param name="market">The market.</param>
    /// <param name="valid">The market's validation candidates; training samples are taken where there are none.</param>
    /// <param name="options">The shots, where they come from, and the step's rate.</param>
    /// <param name="seed">The experiment's seed.</param>
    public MarketAdaptation(
        IDevice device, IRecommender model, PlacedMarket market, IReadOnlyList<CandidateList> valid, TrainingOptions options, ulong seed)
    {
        _device = device;
        _model = model;
        _shots = new Minibatch(device, options.Shots);
        _step = new InnerStep(device, model.Parameters, options.InnerRate);
        if (options.AdaptOn == AdaptOn.Train || valid.Count == 0)
        {
            SampleStream stream = new([market], options with { BatchSize = options.Shots }, seed, "adapt", firstEpoch: 0);
            stream.Begin(0);
            stream.Next(_shots);
            return;
        }

        DrawCandidates(market, valid, options, RandomSequence.Named(seed, $"shots/{market.Market.Name}"));
    }

    /// <summary>The lists whose users the model has not adapted to.</summary>
    public IReadOnlyList<CandidateList> Unseen(IReadOnlyList<CandidateList> lists) => [.. lists.Where(list => !_seen.Contains(list.User))];

    /// <summary>What <paramref name="ask"/> gives while the model is adapted; afterwards the model is as it was.</summary>
    public T While<T>(Func<T> ask)
    {
        Tape tape = new(_device);
        tape.Backward(tape.Mean(tape.BinaryCrossEntropy(_model.Logits(tape, _shots), tape.Constant(_shots.Labels))));
        _step.Take();
        try
        {
            return ask();
        }
        finally
        {
            _step.Undo();
        }
    }

    private void DrawCandidates(PlacedMarket market, IReadOnlyList<CandidateList> valid, TrainingOptions options, RandomSequence draws)
    {
        (CandidateList List, int Place)[] candidates = [.. valid.SelectMany(list => list.Items.Select((_, place) => (list, place)))];
        int[] order = [.. Enumerable.Range(0, candidates.Length)];
        draws.Shuffle<int>(order);
        (CandidateList List, int Place)[] shots = [.. order.Take(options.Shots).Select(i => candidates[i])];
        _shots.Set(
            [.. shots.Select(shot => market.UserRows[shot.List.User])],
            [.. shots.Select(shot => market.ItemRows[shot.List.Items[shot.Place]])],
            [.. shots.Select(shot => (Real)(shot.List.Relevance[shot.Place] > 0 ? 1 : 0))],
            [.. shots.Select(_ => market.Index)]);
        if (options.AdaptOn == AdaptOn.ValidHeldOut)
            _seen.UnionWith(shots.Select(shot => shot.List.User));
    }
}
