// The numbers at an axis.

using System.Globalization;
using ForecEngine.Cli.Reports.Figures;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports.Figures;

public sealed class ScaleTests
{
    [Theory]
    [InlineData(0.263, 0.447, 7, "0.25 0.30 0.35 0.40 0.45")]
    [InlineData(-8.2, 91, 8, "-20 0 20 40 60 80 100")]
    [InlineData(0, 0, 4, "0.0 0.5 1.0")]
    [InlineData(0.31, 0.31, 4, "0.26 0.28 0.30 0.32 0.34 0.36")]
    public void Ticks_are_round_numbers_around_all_values(double low, double high, int steps, string ticks)
    {
        Scale scale = Scale.Of([high, double.NaN, low], steps);

        string format = $"F{scale.Decimals}";
        Assert.Equal(ticks, string.Join(' ', scale.Ticks.Select(tick => tick.ToString(format, CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void Without_a_value_the_axis_goes_from_0_to_1() => Assert.Equal((0, 1), (Scale.Of([], 5).Low, Scale.Of([], 5).High));

    [Property]
    public bool Every_value_is_within_the_axis_and_there_are_few_ticks(NormalFloat first, NormalFloat second)
    {
        (double one, double other) = (Math.Clamp(first.Get, -1e9, 1e9), Math.Clamp(second.Get, -1e9, 1e9));
        Scale scale = Scale.Of([one, other], 8);
        return scale.Low <= Math.Min(one, other) && scale.High >= Math.Max(one, other) && scale.Ticks.Count is >= 2 and <= 11;
    }
}
