// Where a phase's trainer puts what it has, so that training can go on from there.

namespace ForecEngine.Recommenders.Training;

/// <summary>Keeps a phase's state while it trains.</summary>
internal interface ICheckpoints
{
    /// <summary>Whether the last checkpoint is so long ago that the next one does not wait for the end of the epoch.</summary>
    bool IsDue { get; }

    /// <summary>Is told of the end of an epoch, and keeps the state if it is time to.</summary>
    void EpochEnded(PhaseState state);

    /// <summary>Keeps the state, whatever the time.</summary>
    void Keep(PhaseState state);
}
