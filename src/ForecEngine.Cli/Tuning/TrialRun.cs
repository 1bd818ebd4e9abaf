// One training of a trial: a method for a target with a seed. Its digest is that of everything that determines its score, so that equal
// runs of different trials, rungs or searches are trained once.

using System.Security.Cryptography;

namespace ForecEngine.Cli.Tuning;

/// <summary>A run.</summary>
/// <param name="Name">The method, target and seed in words.</param>
/// <param name="Record">Everything that determines its score; no path is in it.</param>
/// <param name="Words">The command line of train, without the verb.</param>
internal sealed record TrialRun(string Name, JsonObject Record, IReadOnlyList<string> Words)
{
    private const int DigestDigits = 32;

    /// <summary>The digest of the record.</summary>
    public string Digest { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Record.ToJsonString())))[..DigestDigits];
}

/// <summary>The result of a run.</summary>
/// <param name="Score">The metric on validation; null if training diverged.</param>
/// <param name="Failure">How training diverged; null if there is a score.</param>
internal sealed record RunResult(double? Score, string? Failure);
