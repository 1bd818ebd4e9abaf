// A task of a sweep: a stage that several cells share, or a cell.

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ForecEngine.Cli.Sweeps;

internal enum TaskKind
{
    /// <summary>Stages that several cells share.</summary>
    Stage,

    /// <summary>An experiment.</summary>
    Cell,
}

/// <summary>A task, as it stands in a manifest.</summary>
internal sealed record SweepTask
{
    private const int DigestDigits = 32;

    /// <summary>The digest of the record of a cell, or the key of a stage.</summary>
    public required string Digest { get; init; }

    public required TaskKind Kind { get; init; }

    /// <summary>The task in words.</summary>
    public required string Name { get; init; }

    /// <summary>The length of the longest chain of tasks before this one.</summary>
    public required int Level { get; init; }

    /// <summary>The digests of the stages that must have been trained.</summary>
    public required IReadOnlyList<string> After { get; init; }

    /// <summary>The estimated work, in samples.</summary>
    public required double Work { get; init; }

    /// <summary>The names of the stages that are shared: those that a stage trains, or that a cell begins with.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>The command line of train, without the verb, the data and the threads.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The record of a cell, and of the first cell that needs a stage.</summary>
    [JsonPropertyName("experiment")]
    public required JsonObject Record { get; init; }

    /// <summary>The record.</summary>
    [JsonIgnore]
    public Experiment Experiment =>
        Record.Deserialize<Experiment>(Experiment.JsonOptions) ?? throw new InvalidOperationException("the record is null");

    /// <summary>The value of an option in <see cref="Arguments"/>; null if it is not given.</summary>
    public string? Argument(string option)
    {
        int place = Arguments.ToList().IndexOf($"--{option}");
        return place < 0 ? null : Arguments[place + 1];
    }

    /// <summary>A digest of a text.</summary>
    public static string DigestOf(string text) => Short(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    /// <summary>A digest, shortened for names of files.</summary>
    public static string Short(string digest) => digest[..DigestDigits];
}
