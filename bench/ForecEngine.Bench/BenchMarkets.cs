// The markets of the benches: ca and uk of XMarket's Electronics, or synthetic ones of their sizes.

using ForecEngine.Recommenders.Data;

namespace ForecEngine.Bench;

/// <summary>ca and uk, prepared.</summary>
internal static class BenchMarkets
{
    private static readonly string[] s_names = ["ca", "uk"];

    /// <summary>The folder of the real ones; null for synthetic ones.</summary>
    public static string? Directory { get; set; }

    /// <summary>A description of the markets, for a table's heading.</summary>
    public static string Description => Directory is null ? "synthetic markets of the sizes of XMarket's ca and uk" : "XMarket's ca and uk";

    /// <summary>Reads or generates both.</summary>
    public static IReadOnlyList<Market> Load()
    {
        if (Directory is { } directory)
            return [.. s_names.Select(name => Market.Prepare(RatingsReader.Read(name, MarketFiles.Find(name, directory).Files)))];
        DirectoryInfo generated = System.IO.Directory.CreateTempSubdirectory("forec-bench-");
        try
        {
            return [.. SyntheticMarket.XMarket(1, s_names).Select(market => Generate(market, generated.FullName))];
        }
        finally
        {
            generated.Delete(recursive: true);
        }
    }

    private static Market Generate(SyntheticMarket market, string directory)
    {
        string path = Path.Combine(directory, market.FileName);
        using (FileStream stream = File.Create(path))
            SyntheticMarkets.Write(market, seed: 1, stream);
        return Market.Prepare(RatingsReader.Read(market.Name, [path]));
    }
}
