// Which step trains a model. Both give the same bits, so the choice is no part of an experiment.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>What turns a minibatch into gradients.</summary>
public enum StepChoice
{
    /// <summary>The fused step where the device and the model have it, else the tape.</summary>
    Fastest,

    /// <summary>The fused step.</summary>
    Fused,

    /// <summary>The tape, which serves every model on every device.</summary>
    Tape,
}

/// <summary>Makes the step of a choice.</summary>
internal static class StepChoices
{
    /// <summary>The step that trains <paramref name="model"/> on <paramref name="device"/>.</summary>
    /// <exception cref="ArgumentException">The fused step was asked for, and the device or the model has none.</exception>
    public static IStep Create(this StepChoice choice, IDevice device, IRecommender model) => (choice, device.Networks, model) switch
    {
        (not StepChoice.Tape, { } kernel, INetworkModel network) => new FusedStep(device, kernel, network),
        (StepChoice.Fused, not null, _) => throw new ArgumentException($"{model.GetType().Name} has no fused step"),
        (StepChoice.Fused, _, _) => throw new ArgumentException($"the device {device.Name} has no fused step"),
        _ => new TapeStep(device, model),
    };
}
