// Options with values that do not come from a command line. Some may have no effect beside others, such as an option of another method or
// one that depends on another's value; these are left out.

namespace ForecEngine.Cli.Options;

/// <summary>An option with its value, as on a command line.</summary>
internal sealed record OptionSetting(DeclaredOption Option, string Value)
{
    /// <summary>The words of options on a command line.</summary>
    public static IEnumerable<string> Words(IEnumerable<OptionSetting> options) =>
        options.SelectMany(setting => (string[])[$"--{setting.Option.Name}", setting.Value]);

    /// <summary>The options that have an effect together.</summary>
    /// <param name="options">The options.</param>
    /// <param name="read">Reads options as a command line; refuses one that has no effect.</param>
    /// <param name="leftOut">Receives each option that is left out, with the reason; or null.</param>
    /// <exception cref="CommandLineException">A value is invalid.</exception>
    public static IReadOnlyList<OptionSetting> WithEffect(
        IReadOnlyList<OptionSetting> options, Action<IReadOnlyList<OptionSetting>> read,
        Action<DeclaredOption, string>? leftOut = null)
    {
        List<OptionSetting> kept = [.. options];
        while (true)
        {
            try
            {
                read(kept);
                return kept;
            }
            catch (CommandLineException refusal) when (kept.Any(setting => setting.Option.Name == refusal.IdleOption))
            {
                int idle = kept.FindIndex(setting => setting.Option.Name == refusal.IdleOption);
                leftOut?.Invoke(kept[idle].Option, refusal.Message);
                kept.RemoveAt(idle);
            }
        }
    }
}
