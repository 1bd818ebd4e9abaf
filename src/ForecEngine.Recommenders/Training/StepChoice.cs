// Which step trains a model. Both give the same bits, so the choice is no part of an experiment.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>What turns a minibatch into gradients.</summary>
public enum StepChoice
{
    /// <summary>The fused step where the device has it, for the model and the loss; else the tape.</summary>
    Fastest,

    /// <summary>The fused step.</summary>
    Fused,

    /// <summary>The tape, which serves every model and loss on every device.</summary>
    Tape,
}

/// <summary>Makes the step of a choice.</summary>
internal static class StepChoices
{
    /// <summary>The step that trains <paramref name="model"/> on <paramref name="device"/>.</summary>
    /// <exception cref="ArgumentException">The fused step was asked for, and the device has none, or none for the model or the loss.</exception>
    public static IStep Create(this StepChoice choice, IDevice device, IRecommender model, RatingLoss loss = RatingLoss.Bce) => (choice, device.Networks, model) switch
    {
        (not StepChoice.Tape, { } kernel, INetworkModel network) when loss == RatingLoss.Bce => new FusedStep(device, kernel, network),
        (StepChoice.Fused, null, _) => throw new ArgumentException($"the device {device.Name} has no fused step"),
        (StepChoice.Fused, _, _) when loss != RatingLoss.Bce => throw new ArgumentException($"the fused step minimises binary cross-entropy, not {loss}"),
        (StepChoice.Fused, _, _) => throw new ArgumentException($"{model.GetType().Name} has no fused step"),
        _ => new TapeStep(device, model, loss),
    };
}
