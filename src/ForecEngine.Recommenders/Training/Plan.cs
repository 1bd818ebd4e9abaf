// A plan says, as data, how markets become a model for the target: phases, each a model trained on some markets, and
// what it takes over from the phases before. A new method is a plan; there is one trainer.

namespace ForecEngine.Recommenders.Training;

/// <summary>Which markets a phase trains on.</summary>
public enum Scope
{
    /// <summary>The target alone.</summary>
    Target,

    /// <summary>The target and every source.</summary>
    All,
}

/// <summary>How a phase trains.</summary>
public enum PhaseKind
{
    /// <summary>A minibatch of each market in turn.</summary>
    Train,

    /// <summary>First-order MAML over the markets; the model adapts to the target before it is scored.</summary>
    Maml,

    /// <summary>Reptile over the markets; the model adapts to the target before it is scored.</summary>
    Reptile,

    /// <summary>ANIL over the markets; the model's output layer adapts to the target before it is scored.</summary>
    Anil,

    /// <summary>A fork with a head of its own, fine-tuned.</summary>
    FineTune,
}

/// <summary>One phase of a plan.</summary>
/// <param name="Name">What results call it: <c>gmf++</c>.</param>
/// <param name="Model">A name of the model catalog.</param>
/// <param name="Scope">Which markets it trains on.</param>
/// <param name="LearningRate">Adam's learning rate, unless the options name one.</param>
/// <param name="Graft">How its model begins, and what of the phases before it takes over.</param>
/// <param name="Kind">How it trains.</param>
public sealed record Phase(string Name, string Model, Scope Scope, double LearningRate, Graft Graft, PhaseKind Kind = PhaseKind.Train);

/// <summary>The phases of a method, in order; the last one's model is the result.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Phases">The phases.</param>
public sealed record Plan(string Method, IReadOnlyList<Phase> Phases)
{
    /// <summary>Whether any phase trains on the sources.</summary>
    public bool NeedsSources => Phases.Any(phase => phase.Scope == Scope.All);
}
