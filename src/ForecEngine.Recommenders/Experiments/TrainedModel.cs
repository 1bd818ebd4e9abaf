// A checkpoint brought back to rank: the model, the ids of its rows, the record of the experiment that made it.

using System.Text.Json;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>A trained model.</summary>
public sealed class TrainedModel
{
    private readonly string _path;
    private readonly IDevice _device;
    private readonly IRecommender _model;
    private readonly ModelShape _shape;
    private readonly TableIds? _ids;
    private readonly Experiment? _experiment;

    private TrainedModel(string path, IDevice device, string modelName, IRecommender model, ModelShape shape, TableIds? ids, Experiment? experiment) =>
        (_path, _device, ModelName, _model, _shape, _ids, _experiment) = (path, device, modelName, model, shape, ids, experiment);

    /// <summary>The model's name in the catalog.</summary>
    public string ModelName { get; }

    /// <summary>Reads a checkpoint, with the ids file beside it and the record in it where there are such.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or holds no model of the catalog.</exception>
    /// <exception cref="DataFormatException">The ids are damaged, or are not as many as the tables have rows.</exception>
    public static TrainedModel Load(string path, IDevice device)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        Experiment? experiment = ReadRecord(file);
        (string name, ModelShape shape) = ModelCheckpoint.Identify(file);
        if (experiment is not null)
            shape = shape with { Ddtcdr = experiment.Options.Ddtcdr, DropoutSeed = experiment.Seed };
        IRecommender model = ModelCatalog.Create(name, device, shape);
        ModelCheckpoint.Read(file, model);
        string idsPath = RunDirectory.IdsPath(path);
        TableIds? ids = File.Exists(idsPath) ? TableIds.Read(idsPath) : null;
        if (ids is not null && (ids.Users != shape.Users || ids.Items != shape.Items))
            throw new DataFormatException($"{idsPath}: {ids.Users} users and {ids.Items} items, but the tables of {path} have {shape.Users} and {shape.Items} rows");
        if (ids is not null && shape.Markets > 1 && ids.Markets != shape.Markets)
            throw new DataFormatException($"{idsPath}: {ids.Markets} markets, but {path} has a part for each of {shape.Markets}");
        return new TrainedModel(path, device, name, model, shape, ids, experiment);
    }

    /// <summary>Ranks a market's held-out items or given candidates.</summary>
    /// <param name="request">
    /// Where the data are. Without an ids file, the rows are those that training on the same target and sources gives.
    /// </param>
    /// <param name="split">Which held-out rows, unless candidates are given.</param>
    /// <param name="seed">The seed of sampled candidates; null for the checkpoint's own.</param>
    /// <param name="ranker">What ranks.</param>
    /// <exception cref="CheckpointException">The tables have other sizes than the markets.</exception>
    public RankedLists Rank(DataRequest request, Split split, ulong? seed, Ranker ranker)
    {
        Experiment settings = _experiment ?? new Experiment { Method = ModelName, Preset = "paper", Target = request.Target.Market };
        request = request with { KCore = request.KCore ?? settings.KCore, KCorePasses = request.KCorePasses ?? settings.KCorePasses, MinimumRows = request.MinimumRows ?? (_experiment is null ? null : settings.MinimumRows) };
        ExperimentData data = ExperimentData.Load(request, settings.Options);
        Market target = data.Markets[0];
        PlacedMarket placed = _ids?.Place(target) ?? PlaceAnew(data.Markets);
        IReadOnlyList<CandidateList> lists = data.Candidates ?? SampledCandidates.Draw(target, split, seed ?? settings.Seed, settings.EvaluationNegatives);
        if (!IsMetaLearned(settings))
            return ranker.Rank(_model, placed, lists);

        // As training ended: the model adapts to the market, with the draws of its own record, before it is scored.
        MarketAdaptation adaptation = new(
            _device, _model, placed, SampledCandidates.Draw(target, Split.Valid, settings.Seed, settings.EvaluationNegatives), settings.Options, settings.Seed);
        return adaptation.While(() => ranker.Rank(_model, placed, data.Candidates is null && split == Split.Valid ? adaptation.Unseen(lists) : lists));
    }

    private static bool IsMetaLearned(Experiment experiment) =>
        PlanCatalog.Methods.Contains(experiment.Method) && PlanCatalog.Find(experiment.Method).Phases[^1].Kind == PhaseKind.Meta;

    private PlacedMarket PlaceAnew(IReadOnlyList<Market> markets)
    {
        MarketUnion union = new(markets);
        if (union.Users != _shape.Users || union.Items.Count != _shape.Items)
            throw new CheckpointException(_path, $"tables of {_shape.Users} users and {_shape.Items} items where {string.Join(", ", markets.Select(m => m.Name))} have {union.Users} and {union.Items.Count}; name the --source that it was trained with, or put its {Path.GetFileName(RunDirectory.IdsPath(_path))} beside it");
        return union.Place(markets[0].Name);
    }

    private static Experiment? ReadRecord(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(RunDirectory.ExperimentKey, out string? record))
            return null;
        try
        {
            Experiment experiment = JsonSerializer.Deserialize<Experiment>(record, Experiment.JsonOptions) ?? throw new JsonException("it is null");
            return experiment.Fault() is { } fault ? throw new JsonException(fault) : experiment;
        }
        catch (JsonException exception)
        {
            throw new CheckpointException(file.Path, $"the record of its experiment is damaged: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }
}
