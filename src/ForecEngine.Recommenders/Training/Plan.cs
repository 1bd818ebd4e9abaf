// A plan says, as data, how markets become a model for the target: phases, each a model trained on some markets, and
// what it takes over from the phases before. A new method is a plan; there is one trainer.

using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Which markets a phase trains on.</summary>
public enum Scope
{
    /// <summary>The target alone.</summary>
    Target,

    /// <summary>The target and every source.</summary>
    All,

    /// <summary>The target and every source, each alone: a model a market.</summary>
    Each,
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

    /// <summary>Dual transfer between the target and each source, a minibatch of each market in turn, by plain gradient descent.</summary>
    Dual,
}

/// <summary>One phase of a plan.</summary>
/// <param name="Name">What results call it: <c>gmf++</c>.</param>
/// <param name="Model">A name of the model catalog.</param>
/// <param name="Scope">Which markets it trains on.</param>
/// <param name="LearningRate">The learning rate, unless the options name one.</param>
/// <param name="Graft">How its model begins, and what of the phases before it takes over.</param>
/// <param name="Kind">How it trains.</param>
public sealed record Phase(string Name, string Model, Scope Scope, double LearningRate, Graft Graft, PhaseKind Kind = PhaseKind.Train)
{
    /// <summary>The market that it trains on, where that is one of several that have a model each.</summary>
    public string? Market { get; init; }

    /// <summary>What later phases know its model by: the model's name, with the market's where each has one.</summary>
    public string Key => Market is null ? Model : $"{Model}/{Market}";
}

/// <summary>The phases of a method, in order; the last one's model is the result.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Phases">The phases.</param>
public sealed record Plan(string Method, IReadOnlyList<Phase> Phases)
{
    /// <summary>The phases over given markets: one that trains on each becomes a phase a market, <c>gmf-jp</c>.</summary>
    public IReadOnlyList<Phase> Over(IEnumerable<string> markets) =>
    [
        .. Phases.SelectMany(phase => phase.Scope == Scope.Each
            ? markets.Select(market => phase with { Name = $"{phase.Name}-{market}", Market = market })
            : [phase]),
    ];

    /// <summary>Whether any phase trains on the sources.</summary>
    public bool NeedsSources => Phases.Any(phase => phase.Scope != Scope.Target);

    /// <summary>
    /// Why markets cannot share minibatches so, or null where they can: a model of several markets that takes each
    /// minibatch from one of them refuses <see cref="Sampling.Concat"/>.
    /// </summary>
    public string? RefusalOf(Sampling sampling) =>
        sampling == Sampling.Concat && Phases.Any(phase => phase.Scope == Scope.All && ModelCatalog.NeedsOneMarket(phase.Model))
            ? $"{Method} takes each minibatch from one market, and concat mixes them; equal and sel do not"
            : null;

    /// <summary>Why a step cannot train the plan's models, or null where it can.</summary>
    /// <param name="step">The step.</param>
    /// <param name="options">The numbers of training, of which the loss of fine-tuning bears on it.</param>
    public string? RefusalOf(StepChoice step, TrainingOptions options)
    {
        if (step != StepChoice.Fused)
            return null;
        if (Phases.FirstOrDefault(phase => !ModelCatalog.HasFusedStep(phase.Model)) is { } other)
            return $"{Method} trains {other.Model}, which has no fused step; tape trains it";
        return options.FineTuneLoss != RatingLoss.Bce && Phases.Any(phase => phase.Kind == PhaseKind.FineTune)
            ? $"{Method} fine-tunes by squared error, which has no fused step; tape trains it" : null;
    }
}
