// Trains a custom model. First its gradient is checked against central differences. Then it is added to the catalogue, and a plan trains it
// like any other model. Read back from its checkpoint, it gives the same scores.

using ForecEngine.Checkpoints;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;

string folder = args.Length > 0 ? args[0] : "data";
using IDevice device = new SimdDevice(Environment.ProcessorCount);

TwoTower small = new(device, new ModelShape(Users: 5, Items: 7, Dimension: 4, Layers: []));
small.Initialise(seed: 1, "sample", 1);
Minibatch batch = new(device, 3);
batch.Set([0, 4, 4], [6, 2, 6], [1, 0, 1]);
GradientCheckResult check = GradientCheck.Run(
    device, small.Parameters, tape => tape.BinaryCrossEntropy(small.Logits(tape, batch), tape.Constant(batch.Labels)),
    GradientCheckOptions.Model);
Console.WriteLine($"gradient: worst error {check.WorstError:0.0e+0} of {check.Checked} elements");

ModelCatalog.Add(new("two-tower", (on, shape) => new TwoTower(on, shape), TwoTower.Recognise));
TrainingSettings settings = Preset.Find("paper");
GradientFit fit = new(
    settings.Model with { StandardDeviation = 0.1 }, new Initialisers.Fresh(), LearningRate: 0.01, settings.Gradient, settings.Samples);
Plan plan = new("two-tower++", [new Phase("two-tower++", "two-tower", Scope.All, fit)]);
ExperimentData data = ExperimentData.Load(new DataRequest(MarketFiles.Find("jp", folder), [MarketFiles.Find("uk", folder)]), settings);
ExperimentOutcome outcome = new ExperimentRunner(device).Run(data.Record(plan.Method, "paper"), data.Markets, plan: plan);
double ndcg = outcome.Test!.Result.Means[Metric.NdcgAt10.Name];
Console.WriteLine($"nDCG@10 of jp: {ndcg:0.0000}");

string file = Path.GetTempFileName();
SafetensorsFile.Write(file, outcome.Model.Tensors);
SafetensorsFile checkpoint = SafetensorsFile.Read(file);
(ModelEntry entry, ModelShape sizes) = ModelCatalog.Identify(checkpoint);
IFittedModel back = entry.Load(device, checkpoint, sizes);
File.Delete(file);

// By chance nDCG@10 would be about 0.05.
return check.Passed && ndcg > 0.15 && Scores(outcome.Model).SequenceEqual(Scores(back)) ? 0 : 1;

float[] Scores(IFittedModel model)
{
    PlacedMarket jp = outcome.Markets[0];
    float[] scores = new float[jp.ItemRows.Length];
    model.Scorer(device, jp.Index).ScoreAll([jp.UserRows[0]], jp.ItemRows, scores);
    return scores;
}
