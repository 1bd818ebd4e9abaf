// The grid of the paper's tables.

using ForecEngine.Cli.Sweeps;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests.Sweeps;

public sealed class ReproductionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Without_the_fixed_source_each_market_is_a_target_and_the_largest_other_one_is_the_source_of_parts()
    {
        Grids grids = Read(new(["jp", "uk=a.csv"], "us", [1, 2], Epochs: 3));
        Assert.Equal(["jp", "uk=a.csv"], grids.Markets);
        Assert.Equal([SourceKind.Each, SourceKind.Largest], grids.Parts.Select(part => Assert.Single(part.Sources).Kind));
        Assert.All(grids.Parts, part =>
        {
            Assert.Equal(["jp", "uk=a.csv"], part.Targets);
            Assert.Equal(("paper", "1 2"), (Assert.Single(part.Presets), string.Join(' ', part.Seeds)));
            Assert.Equal(("epochs", "3"), (Assert.Single(part.Options).Option.Name, part.Options[0].Value));
        });
        Assert.Equal([1], grids.Parts[0].Fractions);
        Assert.DoesNotContain(1, grids.Parts[1].Fractions);
        Assert.Empty(grids.Parts[1].Methods.Except(grids.Parts[0].Methods));
    }

    [Fact]
    public void The_fixed_source_is_no_target_and_the_source_of_parts()
    {
        Grids grids = Read(new(["jp", "us=raw/us.csv", "uk"], "us", [1], Epochs: null));
        Assert.All(grids.Parts, part => Assert.Equal(["jp", "uk"], part.Targets));
        Assert.Equal([SourceKind.Each, SourceKind.Listed], grids.Parts[0].Sources.Select(set => set.Kind));
        Assert.All(grids.Parts, part => Assert.Equal(["us=raw/us.csv"], part.Sources[^1].Markets));
        Assert.All(grids.Parts, part => Assert.Empty(part.Options));
    }

    [Theory]
    [InlineData("us")]
    [InlineData("jp")]
    [InlineData("")]
    public void Too_few_markets_are_refused(string market) => Assert.Throws<DataFormatException>(() =>
        new Reproduction(market.Split(',', StringSplitOptions.RemoveEmptyEntries), "us", [1], null).ToJson());

    private Grids Read(Reproduction reproduction)
    {
        ResultFile.Write(_directory["grid.json"], reproduction.ToJson());
        return GridFile.Read(_directory["grid.json"]);
    }
}
