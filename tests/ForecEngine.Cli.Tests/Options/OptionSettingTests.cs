// Options of a file that have no effect beside others are left out; any other refusal stays an error.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Options;
using ForecEngine.Cli.Tuning;
using Xunit;

namespace ForecEngine.Cli.Tests.Options;

public sealed class OptionSettingTests
{
    [Fact]
    public void Options_without_effect_are_left_out_one_by_one_with_the_reason()
    {
        List<string> reasons = [];
        IReadOnlyList<OptionSetting> kept = OptionSetting.WithEffect(
            [Setting("l2", "0"), Setting("adam", "lazy"), Setting("epochs", "3")],
            options =>
            {
                foreach (string idle in (string[])["epochs", "l2"])
                {
                    if (options.Any(setting => setting.Option.Name == idle))
                        throw new CommandLineException($"--{idle} has no effect with x");
                }
            },
            (option, reason) => reasons.Add($"{option.Name}: {reason}"));
        Assert.Equal(["--adam", "lazy"], OptionSetting.Words(kept));
        Assert.Equal(["epochs: --epochs has no effect with x", "l2: --l2 has no effect with x"], reasons);
    }

    [Theory]
    [InlineData("--l2: expects a number, got 'x'")]
    [InlineData("--seed has no effect with x")]
    public void Another_refusal_is_passed_on(string message) => Assert.Equal(message, Assert.Throws<CommandLineException>(
        () => OptionSetting.WithEffect([Setting("l2", "x")], _ => throw new CommandLineException(message))).Message);

    private static OptionSetting Setting(string name, string value) =>
        new(SpaceFile.Settings.Single(option => option.Name == name), value);
}
