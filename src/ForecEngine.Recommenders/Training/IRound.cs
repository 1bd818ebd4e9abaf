// A round of training: what happens between two looks at the progress. A plan's phase names one.

using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>One round over the markets' streams of minibatches.</summary>
internal interface IRound
{
    /// <summary>How many rounds an epoch has.</summary>
    int Count(IReadOnlyList<SampleStream> streams);

    /// <summary>How many minibatches of each stream a round takes.</summary>
    int Minibatches { get; }

    /// <summary>Trains on the streams' next minibatches.</summary>
    /// <returns>The sum of the losses over the samples that the loss is of, and how many samples were trained on.</returns>
    RoundResult Run(IReadOnlyList<SampleStream> streams);
}

/// <summary>What a round did.</summary>
/// <param name="Loss">The mean loss of its samples, in nats.</param>
/// <param name="Samples">How many samples it trained on.</param>
internal readonly record struct RoundResult(double Loss, int Samples);
