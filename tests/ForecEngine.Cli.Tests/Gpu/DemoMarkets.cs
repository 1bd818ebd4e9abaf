// The small markets of forec demo, as data of experiments.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests;

namespace ForecEngine.Cli.Tests.Gpu;

internal static class DemoMarkets
{
    private const string PresetName = "paper";

    /// <summary>The target of the experiments.</summary>
    public const string Target = "jp";

    /// <summary>Reads the target and its sources.</summary>
    public static ExperimentData Read(params string[] sources)
    {
        string folder = RepositoryFiles.At("data");
        return ExperimentData.Load(
            new DataRequest(MarketFiles.Find(Target, folder), [.. sources.Select(source => MarketFiles.Find(source, folder))]),
            Preset.Find(PresetName), Preset.ProtocolOf(PresetName));
    }

    /// <summary>The record of a method, with the paper's settings.</summary>
    public static Experiment Of(this ExperimentData data, string method, int epochs)
    {
        TrainingSettings settings = Preset.Find(PresetName);
        return data.Record(method, PresetName, settings with { Gradient = settings.Gradient with { Epochs = epochs } });
    }
}
