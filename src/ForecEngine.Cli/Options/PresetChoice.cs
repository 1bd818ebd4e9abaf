// The settings that --preset names: those of a named preset or of a file.

namespace ForecEngine.Cli.Options;

/// <summary>The settings of --preset.</summary>
/// <param name="Base">The named preset, or the one that a file is based on.</param>
/// <param name="Settings">The settings.</param>
/// <param name="File">The id of a file (<see cref="PresetFile.Id"/>); null for a named preset.</param>
internal sealed record PresetChoice(string Base, TrainingSettings Settings, string? File)
{
    private const string Extension = ".json";

    /// <summary>The preset with a name, or in a file.</summary>
    /// <exception cref="CommandLineException">No preset has the name, and it is no file.</exception>
    /// <exception cref="DataFormatException">The file is no preset, or a setting has a value that its option refuses.</exception>
    public static PresetChoice Of(string preset)
    {
        bool isName = Preset.Names.Contains(preset);
        if (isName || !(System.IO.File.Exists(preset) || preset.EndsWith(Extension, StringComparison.Ordinal)))
            return new PresetChoice(preset, OptionValue.Found("--preset", preset, Preset.Names, Preset.Find), File: null);
        PresetFile file = PresetFile.Read(preset);
        Require(file, preset);
        return new PresetChoice(file.Base, file.Settings, file.Id);
    }

    // A value that differs from that of the base is valid if the option for it accepts the value.
    private static void Require(PresetFile file, string path)
    {
        TrainingSettings from = Preset.Find(file.Base);
        OptionSetting[] different =
        [
            .. DeclaredOption.Of(typeof(TrainArguments)).Select(option => new OptionSetting(option, option.TextIn(file.Settings)))
                .Where(setting => setting.Value.Length > 0 && setting.Value != setting.Option.TextIn(from)),
        ];
        try
        {
            OptionSetting.WithEffect(different, options =>
            {
                TrainArguments arguments = new() { Preset = file.Base };
                foreach (OptionSetting setting in options)
                    setting.Option.Set(arguments, [setting.Value]);
                arguments.ToSettings();
            });
        }
        catch (CommandLineException exception)
        {
            throw new DataFormatException($"{path}: is no preset: settings: {exception.Message}", exception);
        }
    }
}
