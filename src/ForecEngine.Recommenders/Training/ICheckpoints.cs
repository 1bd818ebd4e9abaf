// Saves the state of a phase's trainer, so that training can continue from it.

namespace ForecEngine.Recommenders.Training;

/// <summary>Keeps a phase's state while it trains.</summary>
public interface ICheckpoints
{
    /// <summary>Whether the last checkpoint is so long ago that the next one does not wait for the end of the epoch.</summary>
    bool IsDue { get; }

    /// <summary>Takes the state at the end of an epoch, and saves it if a checkpoint is due.</summary>
    void EpochEnded(PhaseState state);

    /// <summary>Keeps the state, whatever the time.</summary>
    void Keep(PhaseState state);
}
