// The numbers of a box plot.

using ForecEngine.Cli.Reports.Figures;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports.Figures;

public sealed class BoxSummaryTests
{
    // numpy.quantile([2, 4, 4, 5, 7, 9, 10, 40], [.25, .5, .75]) of NumPy 2.1: 4, 6, 9.25
    [Fact]
    public void Quartiles_are_those_of_NumPy_and_whiskers_end_within_one_and_a_half_boxes()
    {
        BoxSummary box = BoxSummary.Of([40, 4, 9, 2, double.NaN, 5, 4, 10, 7])!;

        Assert.Equal((8, 2, 4, 6, 9.25, 10),
            (box.Count, box.LowerWhisker, box.LowerQuartile, box.Median, box.UpperQuartile, box.UpperWhisker));
        Assert.Equal([40], box.Outliers);
    }

    [Fact]
    public void A_single_value_is_its_own_box_and_no_value_has_none()
    {
        BoxSummary box = BoxSummary.Of([3, double.PositiveInfinity])!;

        Assert.Equal((1, 3, 3, 3, 3, 3),
            (box.Count, box.LowerWhisker, box.LowerQuartile, box.Median, box.UpperQuartile, box.UpperWhisker));
        Assert.Empty(box.Outliers);
        Assert.Null(BoxSummary.Of([]));
        Assert.Null(BoxSummary.Of([double.NaN]));
    }

    [Property]
    public bool A_box_is_in_order_and_halves_of_the_values_are_on_both_sides_of_its_median(int[] values)
    {
        if (values.Length == 0)
            return true;
        double[] numbers = [.. values.Select(value => (double)value)];
        BoxSummary box = BoxSummary.Of(numbers)!;
        return box.LowerWhisker <= box.LowerQuartile && box.LowerQuartile <= box.Median && box.Median <= box.UpperQuartile
            && box.UpperQuartile <= box.UpperWhisker
            && 2 * numbers.Count(value => value <= box.Median) >= values.Length
            && 2 * numbers.Count(value => value >= box.Median) >= values.Length
            && box.Outliers.All(value => value < box.LowerWhisker || value > box.UpperWhisker);
    }
}
