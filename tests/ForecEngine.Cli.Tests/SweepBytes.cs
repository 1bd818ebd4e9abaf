// The digests of the files that a sweep ends with, except for those that depend on the machine.

using System.Security.Cryptography;

namespace ForecEngine.Cli.Tests;

internal static class SweepBytes
{
    /// <summary>The digest of each file of the cells and of the table, by its path.</summary>
    public static SortedDictionary<string, string> Of(string folder)
    {
        SortedDictionary<string, string> digests = new(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "cells"), "*", SearchOption.AllDirectories)
            .Append(Path.Combine(folder, "results.csv")).Where(file => !file.EndsWith(".timing.json", StringComparison.Ordinal)))
            digests[Path.GetRelativePath(folder, file)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        return digests;
    }
}
