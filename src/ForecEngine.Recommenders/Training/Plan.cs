// A plan describes, as data, how a method trains a model for the target: a list of phases, each with a model, its initialiser, the markets
// and the fit. A new method is a new plan.

namespace ForecEngine.Recommenders.Training;

/// <summary>Which markets a phase is fitted to.</summary>
public enum Scope
{
    /// <summary>The target alone.</summary>
    Target,

    /// <summary>The target and every source.</summary>
    All,

    /// <summary>The target and every source, with one model per market.</summary>
    Each,
}

/// <summary>One phase of a plan, with its own settings.</summary>
/// <param name="Name">The name in results, such as <c>gmf++</c>.</param>
/// <param name="Model">A name of the model catalog.</param>
/// <param name="Scope">The markets that the phase trains on.</param>
/// <param name="Fit">How the model is fitted.</param>
public sealed record Phase(string Name, string Model, Scope Scope, Fit Fit)
{
    /// <summary>The market of the phase, if each market gets a model of its own; otherwise null.</summary>
    public string? Market { get; init; }

    /// <summary>The name by which later phases find the model, if several phases have the same model; otherwise null.</summary>
    public string? Alias { get; init; }

    /// <summary>The name by which later phases find the model: its alias, or its name and its market if there is one.</summary>
    public string Key => Market is null ? Alias ?? Model : $"{Model}/{Market}";
}

/// <summary>The phases of a method, in order; the last one's model is the result.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Phases">The phases.</param>
public sealed record Plan(string Method, IReadOnlyList<Phase> Phases)
{
    /// <summary>If the last phase forks the model of another method, that method; otherwise null.</summary>
    public string? Adapts { get; init; }

    /// <summary>Whether phases that are fitted to all markets make sense with the target alone.</summary>
    public bool WorksAlone { get; init; }

    /// <summary>Whether any phase is fitted to the sources.</summary>
    public bool TakesSources => Phases.Any(phase => phase.Scope != Scope.Target);

    /// <summary>Whether there must be a source.</summary>
    public bool NeedsSources => TakesSources && !WorksAlone;

    /// <summary>
    /// The reason why the phases cannot be trained with their sampling, or null: models and losses with minibatches of a single market
    /// refuse <see cref="Sampling.Concat"/>.
    /// </summary>
    public string? SamplingRefusal => Phases.FirstOrDefault(
        phase => phase is { Scope: Scope.All, Fit: GradientFit { Samples.Sampling: Sampling.Concat } fit }
            && (fit.Loss == RatingLoss.Softmax || ModelCatalog.Find(phase.Model).NeedsOneMarket)) is { Fit: GradientFit { Loss: var loss } }
        ? $"{(loss == RatingLoss.Softmax ? "softmax" : Method)} takes each minibatch from one market, and concat mixes them; "
            + "equal and sel do not"
        : null;

    /// <summary>
    /// The reason why the phases cannot be trained with their loss, or null: <see cref="RatingLoss.Softmax"/> needs dot products.
    /// </summary>
    public string? LossRefusal => Phases.FirstOrDefault(phase => phase.Fit is GradientFit { Loss: RatingLoss.Softmax }
            && !ModelCatalog.Find(phase.Model).HasDotProducts) is { } network
        ? $"softmax over all items needs logits that are dot products, and those of {network.Model} are not; "
            + "sampled-softmax works with it"
        : null;

    /// <summary>
    /// The number of trainings of all phases, whose scores are averaged. A plan without gradient descent is trained once; plans of item
    /// bags have several of them as phases.
    /// </summary>
    /// <param name="settings">The settings of the experiment.</param>
    public int Members(TrainingSettings settings) => Phases.Any(phase => phase.Fit is GradientFit) ? settings.AverageSeeds ?? 1 : 1;

    /// <summary>The phases for given markets: a phase that trains on each market becomes one per market, such as <c>gmf-jp</c>.</summary>
    /// <exception cref="ArgumentException">Two phases have the same name.</exception>
    public IReadOnlyList<Phase> Over(IEnumerable<string> markets)
    {
        Phase[] phases =
        [
            .. Phases.SelectMany(phase => phase.Scope == Scope.Each
                ? markets.Select(market => phase with { Name = $"{phase.Name}-{market}", Market = market })
                : [phase]),
        ];
        return phases.CountBy(phase => phase.Name).FirstOrDefault(name => name.Value > 1) is { Key: { } twice }
            ? throw new ArgumentException($"the plan {Method} has more than one phase called '{twice}'; each needs a name of its own")
            : phases;
    }
}
