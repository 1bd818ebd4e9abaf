// A grid file is read strictly: anything that it does not mean is refused with its place.

using ForecEngine.Cli.Sweeps;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests.Sweeps;

public sealed class GridFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_key_is_read()
    {
        Grids grids = Read("""
            {
              "schema": "forec.grid/1", "name": "mine", "targets": ["in", "jp"],
              "sources": [["uk"], ["ca", "us"], "each", "all", "largest"],
              "methods": ["gmf", "nmf++"], "presets": ["paper", "tuned"], "protocols": ["paper", "acmr"], "seeds": [1, 2],
              "training-fractions": [1, 0.5], "devices": ["cpu", "cuda:1"], "options": {"batch-size": 512, "layers": [16, 8]}
            }
            """);
        Grid grid = Assert.Single(grids.Parts);
        Assert.Equal("mine", grids.Name);
        Assert.Equal(["in", "jp", "uk", "ca", "us"], grids.Markets);
        Assert.Equal(
            [
                (SourceKind.Listed, "uk"), (SourceKind.Listed, "ca us"), (SourceKind.Each, ""), (SourceKind.All, ""),
                (SourceKind.Largest, ""),
            ],
            grid.Sources.Select(set => (set.Kind, string.Join(' ', set.Markets))));
        Assert.Equal(["gmf", "nmf++"], grid.Methods);
        Assert.Equal(["paper", "tuned"], grid.Presets);
        Assert.Equal(["paper", "acmr"], grid.Protocols);
        Assert.Equal([1, 2], grid.Seeds);
        Assert.Equal([1, 0.5], grid.Fractions);
        Assert.Equal(["cpu", "cuda:1"], grid.Devices);
        Assert.Equal(["batch-size 512", "layers 16,8"], grid.Options.Select(option => $"{option.Option.Name} {option.Value}"));
    }

    [Fact]
    public void A_short_file_gets_defaults_and_a_word_needs_no_list()
    {
        Grids grids = Read("""{"targets": ["in"], "methods": ["gmf"], "sources": "each"}""");
        Grid grid = Assert.Single(grids.Parts);
        Assert.Equal(("grid", SourceKind.Each), (grids.Name, Assert.Single(grid.Sources).Kind));
        Assert.Equal(("tuned", null, 42UL, 1.0, "cpu"),
            (Assert.Single(grid.Presets), Assert.Single(grid.Protocols), Assert.Single(grid.Seeds), Assert.Single(grid.Fractions),
                Assert.Single(grid.Devices)));
        Assert.Empty(grid.Options);
    }

    [Fact]
    public void A_part_takes_from_the_file_what_it_leaves_out()
    {
        Grids grids = Read("""
            {
              "targets": ["in", "jp"], "presets": ["paper"], "methods": ["gmf"],
              "parts": [{"seeds": [3]}, {"targets": ["uk"], "methods": ["nmf"], "options": {"epochs": 2}}]
            }
            """);
        Assert.Equal(["in", "jp", "uk"], grids.Markets);
        Assert.Equal(
            ["in,jp gmf paper 3 ", "uk nmf paper 42 epochs"],
            grids.Parts.Select(part => $"{string.Join(',', part.Targets)} {part.Methods[0]} {part.Presets[0]} {part.Seeds[0]} "
                + string.Join(',', part.Options.Select(option => option.Option.Name))));
    }

    [Theory]
    [InlineData("""{"targets": ["in"], "parts": [{}]}""", "parts[0].methods: is missing")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "parts": []}""", "parts: expects a list")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "parts": ["in"]}""", "parts: expects a list of objects")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "parts": [{"name": "a"}]}""", "parts[0]: unknown key 'name'")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "parts": [{}, {"seeds": [-1]}]}""", "parts[1].seeds: expects seeds, got -1")]
    [InlineData("""{"methods": ["gmf"]}""", "targets: is missing")]
    [InlineData("""{"targets": ["in"]}""", "methods: is missing")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "sede": [1]}""", "unknown key 'sede'")]
    [InlineData("""{"targets": ["in"], "methods": ["gnf"]}""", "methods: 'gnf' is not one of ")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "protocols": ["papre"]}""", "protocols: 'papre' is not one of ")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "sources": ["some"]}""", "sources: 'some' is not each, all, largest")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "sources": [[]]}""", "sources: has an empty list")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "sources": [["a", "a"]]}""", "sources: has a twice")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "training-fractions": [0]}""", "training-fractions: expects numbers above 0")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "options": {"seed": 1}}""", "options: 'seed' is no option of train that")]
    [InlineData("""{"targets": ["in"], "methods": ["gmf"], "options": {"protocol": "paper"}}""", "options: 'protocol' is no option")]
    [InlineData("""{"schema": "forec.grid/2", "targets": ["in"], "methods": ["gmf"]}""", "schema: 'forec.grid/2' is unknown")]
    public void Anything_else_is_refused_in_a_line_with_its_place(string json, string problem)
    {
        DataFormatException refused = Assert.Throws<DataFormatException>(() => Read(json));
        Assert.StartsWith($"{_directory["grid.json"]}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private Grids Read(string json)
    {
        File.WriteAllText(_directory["grid.json"], json);
        return GridFile.Read(_directory["grid.json"]);
    }
}
