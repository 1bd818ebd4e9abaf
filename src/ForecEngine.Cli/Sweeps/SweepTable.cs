// All finished cells as a table: one row a cell, with its dimensions and its metrics.

using nietras.SeparatedValues;

namespace ForecEngine.Cli.Sweeps;

internal sealed class SweepTable
{
    private static readonly string[] s_dimensions =
        ["cell", "target", "sources", "method", "preset", "protocol", "seed", "training_fraction", "device"];

    private readonly List<(SweepTask Cell, OrderedDictionary<string, string> Values)> _rows = [];
    private readonly List<SweepTask> _missing = [];

    /// <summary>Reads the results of a manifest's cells.</summary>
    public SweepTable(Manifest manifest, SweepFolder folder)
    {
        foreach (SweepTask cell in manifest.Cells)
        {
            if (folder.Result(cell) is { } result)
                _rows.Add((cell, Row(cell, result)));
            else
                _missing.Add(cell);
        }
    }

    /// <summary>The cells without a result.</summary>
    public IReadOnlyList<SweepTask> Missing => _missing;

    /// <summary>The number of rows.</summary>
    public int Count => _rows.Count;

    // Cells under different protocols can have different rankings.
    private IReadOnlyList<string> Columns =>
        [.. s_dimensions, .. _rows.SelectMany(row => row.Values.Keys).Except(s_dimensions).Distinct()];

    /// <summary>Writes the table as CSV.</summary>
    public void Write(string path)
    {
        IReadOnlyList<string> columns = Columns;
        AtomicFile.Write(path, stream =>
        {
            using StreamWriter text = new(stream, bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
            using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).To(text, leaveOpen: true);
            writer.Header.Add([.. columns]);
            foreach ((_, OrderedDictionary<string, string> values) in _rows)
            {
                using SepWriter.Row row = writer.NewRow();
                foreach (string column in columns)
                    row[column].Set(values.GetValueOrDefault(column, ""));
            }
        });
    }

    /// <summary>The table as JSON: a list of rows with the columns of the CSV, and the missing cells.</summary>
    public JsonObject ToJson() => new()
    {
        ["schema"] = "forec.results/1",
        ["rows"] = new JsonArray([.. _rows.Select(JsonNode (row) => new JsonObject(row.Values.Select(value =>
            KeyValuePair.Create(value.Key, (JsonNode?)value.Value))))]),
        ["missing"] = new JsonArray([.. _missing.Select(cell => (JsonNode)cell.Digest)]),
    };

    private static OrderedDictionary<string, string> Row(SweepTask cell, JsonObject result)
    {
        Experiment experiment = cell.Experiment;
        OrderedDictionary<string, string> row = new(StringComparer.Ordinal)
        {
            ["cell"] = cell.Digest,
            ["target"] = experiment.Target,
            ["sources"] = string.Join('+', experiment.Sources),
            ["method"] = experiment.Method,
            ["preset"] = experiment.PresetFile ?? experiment.Preset,
            ["protocol"] = cell.Argument("protocol") ?? "",
            ["seed"] = $"{experiment.Seed}",
            ["training_fraction"] = (experiment.TrainingFraction ?? 1).ToString(CultureInfo.InvariantCulture),
            ["device"] = cell.Argument("device") ?? "",
        };
        foreach ((string split, bool amongAll, EvaluationResult ranking) in ResultFile.Rankings(result))
        {
            string name = amongAll ? split + ResultFile.AmongAll : split;
            row[$"{name}_users"] = $"{ranking.Users}";
            foreach ((string metric, double mean) in ranking.Means)
                row[$"{name}_{metric}"] = mean.ToString("R", CultureInfo.InvariantCulture);
        }

        return row;
    }
}
