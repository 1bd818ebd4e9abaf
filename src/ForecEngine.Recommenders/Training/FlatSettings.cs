// The JSON form of settings: the members of all parts in one flat object.

using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ForecEngine.Recommenders.Training;

/// <summary>Reads and writes settings as one flat object; every part reads its own members.</summary>
internal sealed class FlatSettings : JsonConverter<TrainingSettings>
{
    private const string LearningRate = "learning_rate", Loss = "loss", AverageSeeds = "average_seeds";

    /// <summary>The names of all settings.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        LearningRate,
        Loss,
        AverageSeeds,
        .. typeof(TrainingSettings).GetProperties().Select(part => part.PropertyType)
            .Where(part => part.Namespace == typeof(TrainingSettings).Namespace)
            .SelectMany(part => new DefaultJsonTypeInfoResolver().GetTypeInfo(part, Experiments.Experiment.JsonOptions).Properties)
            .Where(setting => setting.Set is not null) // others are computed
            .Select(setting => setting.Name),
    ];

    public override TrainingSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (JsonNode.Parse(ref reader) is not JsonObject flat)
            throw new JsonException("the settings are not an object");
        return new TrainingSettings
        {
            LearningRate = flat[LearningRate].Deserialize<double?>(options),
            Loss = flat[Loss].Deserialize<RatingLoss?>(options),
            AverageSeeds = flat[AverageSeeds].Deserialize<int?>(options),
            Model = Part<ModelSettings>(),
            Samples = Part<SampleSettings>(),
            Gradient = Part<GradientSettings>(),
            MetaLearning = Part<MetaLearningSettings>(),
            Fork = Part<ForkSettings>(),
            History = Part<HistorySettings>(),
        };

        TPart Part<TPart>()
            where TPart : new() => flat.Deserialize<TPart>(options) ?? new();
    }

    public override void Write(Utf8JsonWriter writer, TrainingSettings value, JsonSerializerOptions options)
    {
        JsonObject flat = new() { [LearningRate] = value.LearningRate };
        if (value.Loss is { } loss)
            flat[Loss] = JsonSerializer.SerializeToNode(loss, options); // earlier versions did not write it
        if (value.AverageSeeds is { } seeds)
            flat[AverageSeeds] = seeds;
        foreach (object part in (object[])[value.Gradient, value.Samples, value.Model, value.MetaLearning, value.Fork, value.History])
        {
            foreach ((string name, JsonNode? member) in JsonSerializer.SerializeToNode(part, part.GetType(), options)?.AsObject() ?? [])
                flat[name] = member?.DeepClone();
        }

        flat.WriteTo(writer, options);
    }
}
