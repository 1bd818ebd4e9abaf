// The engine's training samples of an epoch in files for the peers: each market's samples in the order of its stream, as records of int32
// user row, int32 item row, float32 label.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Summary;

/// <summary>The samples of an epoch in a temporary directory, which is deleted with this object.</summary>
internal sealed class PeerSamples : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("forec-samples-");

    /// <summary>Writes NAME.samples for every market.</summary>
    public PeerSamples(IReadOnlyList<Market> markets)
    {
        MarketUnion union = new(markets);
        (Users, Items) = (union.Users, union.Items.Count);
        Files = [.. union.Markets.Select(Write)];
    }

    /// <summary>The number of rows of the user tables.</summary>
    public int Users { get; }

    /// <summary>The number of rows of the item tables.</summary>
    public int Items { get; }

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <inheritdoc/>
    public void Dispose() => _directory.Delete(recursive: true);

    private string Write(PlacedMarket market)
    {
        SampleSettings settings = new();
        using ScalarDevice device = new();
        SampleStream stream = new(device, [market], settings, seed: 1, "peers", firstEpoch: 0);
        stream.Begin(0);
        string path = Path.Combine(_directory.FullName, $"{market.Market.Name}.samples");
        using BinaryWriter writer = new(File.Create(path));
        for (int i = 0; i < stream.Batches; i++)
        {
            Minibatch batch = stream.BatchAt(i);
            for (int sample = 0; sample < batch.Count; sample++)
            {
                writer.Write(batch.Users.Values.Span[sample]);
                writer.Write(batch.Items.Values.Span[sample]);
                writer.Write((float)batch.Labels.Values.Span[sample]);
            }
        }

        return path;
    }
}
