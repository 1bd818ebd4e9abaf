// forec evaluate: ranks with a checkpoint.

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using ForecEngine.Cli.Options;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;

namespace ForecEngine.Cli.Verbs;

/// <summary>The verb evaluate.</summary>
internal static class Evaluate
{
    /// <summary>Runs the verb.</summary>
    public static void Run(EvaluateArguments arguments, Terminal terminal)
    {
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        Split split = arguments.Split switch
        {
            "test" => Split.Test,
            "valid" => Split.Valid,
            _ => throw new CommandLineException($"--split: '{arguments.Split}' is not one of test, valid"),
        };
        if (arguments.Trec && arguments.Out is null)
            throw new CommandLineException("--trec: the files go into --out, which is missing");
        using IDevice device = DeviceChoice.Create(arguments);
        TrainedModel trained = TrainedModel.Load(arguments.Model, device);
        (MarketFiles target, IReadOnlyList<MarketFiles> sources) = MarketChoice.TargetAndSources(arguments);
        RankedLists ranked = trained.Rank(
            new DataRequest(target, sources, arguments.Candidates, arguments.Qrels, arguments.KCore, arguments.KCorePasses, arguments.MinimumRows),
            split, arguments.Seed, new Ranker(device, metrics));

        string name = arguments.Candidates is null ? arguments.Split : "candidates";
        if (arguments.Out is { } directory && arguments.Trec)
            new RunDirectory(directory).WriteTrec(name == "candidates" ? "test" : name, ranked, trained.ModelName);
        if (arguments.Json is { } json)
        {
            JsonObject result = new() { ["schema"] = "forec.evaluation/1", ["model"] = arguments.Model, ["target"] = target.Market, ["split"] = name, ["users"] = ranked.Result.Users };
            foreach ((string metric, double mean) in ranked.Result.Means)
                result[metric] = mean;
            AtomicFile.Write(json, stream => stream.Write(Encoding.UTF8.GetBytes(ResultFile.Text(result))));
        }

        RankingTable.Write(terminal.Output, [(name, ranked.Result)]);
    }
}
