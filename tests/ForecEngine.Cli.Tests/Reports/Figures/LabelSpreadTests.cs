// Labels that must not overlap.

using ForecEngine.Cli.Reports.Figures;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports.Figures;

public sealed class LabelSpreadTests
{
    [Fact]
    public void Labels_that_do_not_touch_stay_and_others_move_apart_around_their_middle()
    {
        Assert.Equal([10, 49, 51, 90], LabelSpread.Of([10, 50, 50, 90], 2, 0, 100));
        Assert.Equal([51, 49], LabelSpread.Of([50.2, 49.8], 2, 0, 100));
    }

    [Fact]
    public void Labels_stay_between_the_ends() => Assert.Equal([0, 5, 95, 100], LabelSpread.Of([1, 1, 99, 99], 5, 0, 100));

    [Property]
    public bool No_label_overlaps_another_and_the_order_stays(byte[] wanted)
    {
        double[] places = LabelSpread.Of([.. wanted.Select(place => (double)place)], 3, 0, 4000);
        int[] order = [.. Enumerable.Range(0, wanted.Length).OrderBy(label => wanted[label])];
        return places.All(place => place >= 0)
            && order.Zip(order.Skip(1)).All(pair => places[pair.Second] - places[pair.First] >= 3 - 1e-9);
    }
}
