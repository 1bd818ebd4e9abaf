// Trains with a custom optimiser, stops in the middle and resumes from the checkpoint. The result has the same numbers as an uninterrupted
// training, because the checkpoint has the optimiser's state by name.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

string folder = args.Length > 0 ? args[0] : "data";
TrainingSettings settings = Preset.Find("paper");
Phase gmf = PlanCatalog.Find("gmf", settings).Phases[0];
const double Decay = 0.01;

// The name identifies everything about the optimiser that the phase does not, so that a cache never confuses two of them.
OptimiserChoice adamW = new($"adamw, decay {Decay}", (on, parameters, phase) => new AdamW(on, parameters, phase.LearningRate, Decay));
Plan plan = new("gmf-adamw", [gmf with { Name = "gmf-adamw", Fit = (GradientFit)gmf.Fit with { Optimiser = adamW } }]);

ExperimentData data = ExperimentData.Load(new DataRequest(MarketFiles.Find("uk", folder), []), settings);
Experiment experiment = data.Record(plan.Method, "paper");
using IDevice device = new SimdDevice(Environment.ProcessorCount);
DirectoryInfo run = Directory.CreateTempSubdirectory("adamw-");
try
{
    double whole = Train(stages: null, stopAfter: int.MaxValue)!.Value;
    double? stopped = Train(Stages(resumes: false), stopAfter: 10);
    double resumed = Train(Stages(resumes: true), stopAfter: int.MaxValue)!.Value;
    Console.WriteLine($"nDCG@10 of uk: {whole:0.0000}, stopped and resumed {resumed:0.0000}");
    return stopped is null && resumed == whole && whole > 0.1 ? 0 : 1;
}
finally
{
    run.Delete(recursive: true);
}

StageStore Stages(bool resumes) => new(cache: null, run.FullName, resumes, say: Console.WriteLine);

// Null if the training was stopped.
double? Train(StageStore? stages, int stopAfter)
{
    using CancellationTokenSource stop = new();
    try
    {
        ExperimentOutcome outcome = new ExperimentRunner(device, stages: stages, stop: stop.Token).Run(
            experiment, data.Markets, plan: plan, progress: progress =>
            {
                if (progress.Epoch > stopAfter)
                    stop.Cancel();
            });
        return outcome.Test!.Result.Means[Metric.NdcgAt10.Name];
    }
    catch (OperationCanceledException)
    {
        return null;
    }
}
