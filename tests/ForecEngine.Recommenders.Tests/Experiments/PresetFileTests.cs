// A preset in a file: what is written is read back, and a file that is no preset is refused in one line.

using System.Text.Json.Nodes;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class PresetFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property]
    public void What_is_written_is_read_back(PositiveInt dimension, PositiveInt rate, bool redraw)
    {
        TrainingSettings settings = new()
        {
            LearningRate = rate.Get / 1000.0,
            Model = new() { Dimension = dimension.Get, Layers = [2 * dimension.Get, 3] },
            Samples = new() { RedrawNegatives = redraw },
        };
        PresetFile preset = new() { Name = "mine", Base = "paper", Settings = settings, Found = new() { ["score"] = 0.25 } };
        PresetFile read = Read(preset.ToJson().ToJsonString());
        Assert.Equal(settings, read.Settings);
        Assert.Equal(("mine", "paper", preset.Id), (read.Name, read.Base, read.Id));
        Assert.True(JsonNode.DeepEquals(preset.Found, read.Found));
    }

    [Fact]
    public void Equal_ids_have_equal_settings_however_they_were_found()
    {
        PresetFile preset = new() { Name = "mine", Base = "paper", Settings = new() };
        Assert.Matches("^mine@[0-9a-f]{12}$", preset.Id);
        Assert.Equal(preset.Id, (preset with { Found = [] }).Id);
        Assert.NotEqual(preset.Id, (preset with { Base = "tuned" }).Id);
        Assert.NotEqual(preset.Id, (preset with { Settings = new() { LearningRate = 0.1 } }).Id);
    }

    [Fact]
    public void Every_setting_of_a_record_is_known_and_a_missing_one_has_its_default()
    {
        string[] written = [.. JsonNode.Parse(new Experiment { Method = "gmf", Preset = "paper", Target = "x" }.ToJson())!["options"]!
            .AsObject().Select(setting => setting.Key)];
        Assert.Empty(written.Except(FlatSettings.Names));
        Assert.Equal(new TrainingSettings { Gradient = new() { Epochs = 3 } }, Read(Preset("\"epochs\": 3")).Settings);
    }

    [Theory]
    [InlineData("", "is no preset: ")]
    [InlineData("[]", "is no preset: expects an object")]
    [InlineData("{}", "is no preset: expects a text 'schema'")]
    [InlineData("""{"schema": "forec.preset/2", "name": "a", "base": "paper", "settings": {}}""",
        "is no preset: the schema is 'forec.preset/2'; expects forec.preset/1")]
    [InlineData("""{"schema": "forec.preset/1", "name": "a", "base": "best", "settings": {}}""",
        "is no preset: the base 'best' is not one of paper, authors-code, tuned")]
    [InlineData("""{"schema": "forec.preset/1", "name": "a b", "base": "paper", "settings": {}}""",
        "is no preset: the name 'a b' has white space")]
    [InlineData("""{"schema": "forec.preset/1", "name": "a", "base": "paper"}""", "is no preset: expects an object 'settings'")]
    [InlineData("""{"schema": "forec.preset/1", "name": "a", "base": "paper", "settings": {}, "x": 1}""", "is no preset: unknown key 'x'")]
    public void A_file_that_is_no_preset_is_refused(string text, string problem) => Refused(text, problem);

    [Theory]
    [InlineData("\"epoch\": 3", "is no preset: settings: unknown setting 'epoch'; expects some of learning_rate, ")]
    [InlineData("\"epochs\": \"3\"", "is no preset: ")]
    [InlineData("\"adam\": \"lzy\"", "is no preset: ")]
    [InlineData("\"epochs\": 3, \"epochs\": 4", "is no preset: ")]
    public void A_setting_that_is_wrong_is_refused(string setting, string problem) => Refused(Preset(setting), problem);

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Assert.Equal(
        $"{_directory["none.json"]}: no such file",
        Assert.Throws<DataFormatException>(() => PresetFile.Read(_directory["none.json"])).Message);

    [Fact]
    public void No_truncated_file_is_read()
    {
        string text = Preset("\"epochs\": 3");
        for (int length = 0; length < text.Length; length++)
            Refused(text[..length], "is no preset: ");
    }

    private static string Preset(string settings) =>
        $$"""{"schema": "forec.preset/1", "name": "a", "base": "paper", "settings": { {{settings}} } }""";

    private void Refused(string text, string problem)
    {
        string message = Assert.Throws<DataFormatException>(() => Read(text)).Message;
        Assert.StartsWith($"{_directory["preset.json"]}: {problem}", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private PresetFile Read(string text)
    {
        File.WriteAllText(_directory["preset.json"], text);
        return PresetFile.Read(_directory["preset.json"]);
    }
}
