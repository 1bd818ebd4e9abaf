// The parts that a method may have. An option for a part that the method lacks would have no effect and is refused.

namespace ForecEngine.Cli.CommandLine;

internal enum MethodPart
{
    Every, // a part that no method lacks
    Gradient,
    Product, // a gmf
    Layers, // dense ones, over the embeddings
    Dropout,
    Sources,
    MetaLearning,
    Fork,
    Ddtcdr,
    History, // users are scored by their items
    Neighbours,
    Cosine,
    Ridge,
    Factors,
    Bag,
    Average, // of several trainings
}

internal static class MethodParts
{
    /// <summary>Refuses options for parts that the method lacks.</summary>
    public static void Require(IEnumerable<DeclaredOption> given, Plan plan)
    {
        if (given.FirstOrDefault(option => !Has(plan, option.Needs)) is not { } idle)
            return;
        IEnumerable<string> others = PlanCatalog.Methods.Where(method => Has(PlanCatalog.Find(method), idle.Needs));
        throw new CommandLineException($"--{idle.Name} has no effect with {plan.Method}; it is for {string.Join(", ", others)}");
    }

    private static bool Has(Plan plan, MethodPart part) => part switch
    {
        MethodPart.Gradient => plan.Phases.Any(phase => phase.Fit is GradientFit),
        MethodPart.Product => plan.Phases.Any(phase => phase is { Model: "gmf" or "ma-gmf", Fit: GradientFit }),
        MethodPart.Layers => plan.Phases.Any(phase => ModelCatalog.Find(phase.Model).HasLayers),
        MethodPart.Dropout => Has(plan, MethodPart.Ddtcdr) || plan.Phases.Any(phase => ModelCatalog.Find(phase.Model).HasDropout),
        MethodPart.Sources => plan.TakesSources,
        MethodPart.MetaLearning => plan.Phases.Any(phase => phase.Fit is MetaFit),
        MethodPart.Fork => plan.Phases.Any(phase => phase.Fit is GradientFit { Initialiser: Initialisers.Fork }),
        MethodPart.Ddtcdr => plan.Phases.Any(phase => phase.Fit is GradientFit { Model.Ddtcdr: not null }),
        MethodPart.History => plan.Phases.Any(phase => phase.Fit is IHistoryFit),
        MethodPart.Neighbours => Has(plan, MethodPart.Cosine) || plan.Phases.Any(phase => phase.Fit is RandomWalkFit),
        MethodPart.Cosine => plan.Phases.Any(phase => phase.Fit is ItemNeighboursFit),
        MethodPart.Ridge => plan.Phases.Any(phase => phase.Fit is EaseFit or LeastSquaresFit),
        MethodPart.Factors => Has(plan, MethodPart.Bag) || plan.Phases.Any(phase => phase.Fit is LeastSquaresFit),
        MethodPart.Bag => plan.Phases.Any(phase => phase.Fit is ItemBagFit),
        MethodPart.Average => Has(plan, MethodPart.Gradient) || Has(plan, MethodPart.Bag),
        _ => true,
    };
}
