// Saves the state of a phase's trainer, so that training can continue from it.

namespace ForecEngine.Recommenders.Training;

/// <summary>Saves the state of a phase while it trains.</summary>
public interface ICheckpoints
{
    /// <summary>Whether a checkpoint is due now, before the end of the epoch.</summary>
    bool IsDue { get; }

    /// <summary>Saves the state at the end of an epoch, if a checkpoint is due.</summary>
    void EpochEnded(PhaseState state);

    /// <summary>Saves the state immediately.</summary>
    void Keep(PhaseState state);
}
