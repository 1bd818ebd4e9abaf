// A plan says, as data, how markets become a model for the target: phases, each a model fitted to some markets, and
// how it begins. A new method is a plan.

namespace ForecEngine.Recommenders.Training;

/// <summary>Which markets a phase is fitted to.</summary>
public enum Scope
{
    /// <summary>The target alone.</summary>
    Target,

    /// <summary>The target and every source.</summary>
    All,

    /// <summary>The target and every source, each alone: a model a market.</summary>
    Each,
}

/// <summary>One phase of a plan, with the settings that hold in it.</summary>
/// <param name="Name">What results call it: <c>gmf++</c>.</param>
/// <param name="Model">A name of the model catalog.</param>
/// <param name="Scope">Which markets it is fitted to.</param>
/// <param name="Fit">How it is fitted.</param>
public sealed record Phase(string Name, string Model, Scope Scope, Fit Fit)
{
    /// <summary>The market that it is fitted to, where that is one of several that have a model each.</summary>
    public string? Market { get; init; }

    /// <summary>What later phases know its model by: the model's name, with the market's where each has one.</summary>
    public string Key => Market is null ? Model : $"{Model}/{Market}";
}

/// <summary>The phases of a method, in order; the last one's model is the result.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Phases">The phases.</param>
public sealed record Plan(string Method, IReadOnlyList<Phase> Phases)
{
    /// <summary>The method from whose trained model the last phase makes a market's own; null if the plan is no fork.</summary>
    public string? Adapts { get; init; }

    /// <summary>Whether any phase is fitted to the sources.</summary>
    public bool NeedsSources => Phases.Any(phase => phase.Scope != Scope.Target);

    /// <summary>
    /// Why the phases cannot be trained with their settings, or null where they can: a model of several markets that takes each
    /// minibatch from one of them refuses <see cref="Sampling.Concat"/>.
    /// </summary>
    public string? Refusal => Phases.Any(phase => phase is { Scope: Scope.All, Fit: GradientFit { Samples.Sampling: Sampling.Concat } }
            && ModelCatalog.Find(phase.Model).NeedsOneMarket)
        ? $"{Method} takes each minibatch from one market, and concat mixes them; equal and sel do not"
        : null;

    /// <summary>The phases over given markets: one that is fitted to each becomes a phase a market, <c>gmf-jp</c>.</summary>
    public IReadOnlyList<Phase> Over(IEnumerable<string> markets) =>
    [
        .. Phases.SelectMany(phase => phase.Scope == Scope.Each
            ? markets.Select(market => phase with { Name = $"{phase.Name}-{market}", Market = market })
            : [phase]),
    ];
}
