// A custom method, which is a plan: nmf++, then all of its weights fine-tuned on the target alone.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

string folder = args.Length > 0 ? args[0] : "data";
TrainingSettings settings = Preset.Find("paper");
Plan joint = PlanCatalog.Find("nmf++", settings);

// The phase continues with nmf++'s model: five epochs on the target, with a tenth of the learning rate.
GradientFit fit = (GradientFit)joint.Phases[^1].Fit;
Phase fineTuning = new("nmf-tuned", "nmf", Scope.Target, fit with
{
    Initialiser = new Initialisers.SameModel(),
    LearningRate = fit.LearningRate / 10,
    Gradient = fit.Gradient with { Epochs = 5 },
});
Plan plan = new("nmf-tuned", [.. joint.Phases, fineTuning]);

ExperimentData data = ExperimentData.Load(new DataRequest(MarketFiles.Find("jp", folder), [MarketFiles.Find("uk", folder)]), settings);
using IDevice device = new SimdDevice(Environment.ProcessorCount);
double before = Ndcg(joint), after = Ndcg(plan);
Console.WriteLine($"nDCG@10 of jp: nmf++ {before:0.0000}, fine-tuned {after:0.0000}");

// Far better than chance, and different from the initial model.
return after > 0.15 && after != before ? 0 : 1;

double Ndcg(Plan method)
{
    Experiment experiment = data.Record(method.Method, "paper");
    ExperimentOutcome outcome = new ExperimentRunner(device).Run(experiment, data.Markets, plan: method);
    return outcome.Test!.Result.Means[Metric.NdcgAt10.Name];
}
