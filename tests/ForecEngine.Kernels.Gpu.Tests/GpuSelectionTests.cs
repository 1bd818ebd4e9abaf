// Compares the operations that make lists with the scalar device, element by element: they move numbers and compute none.

using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuSelectionTests(TestAccelerator accelerator) : IClassFixture<TestAccelerator>
{
    private const int Cases = 12;

    private readonly GpuDevice _gpu = accelerator.Gpu;
    private readonly ScalarDevice _scalar = accelerator.Scalar;

    [Property(MaxTest = Cases)]
    public void The_best_of_each_row_are_those_of_the_scalar_device(ulong seed) => Same(seed, (device, draw) =>
    {
        // More columns than a group has threads, or fewer; most often ties, and in some rows nothing to choose from.
        int rows = draw.Below("rows", 6), columns = draw.Below("columns", draw.Below("wide", 2) == 1 ? 700 : 20);
        int most = draw.Below("most", draw.Below("many", 3) == 0 ? 40 : 8), kinds = 1 + draw.Below("kinds", 30);
        float[] scores = Case.Make(rows * columns, i => draw.Of("row").Below(i / (ulong)columns, 4) == 0 || draw.Of("kind").Below(i, 4) == 0
            ? float.NegativeInfinity
            : Score(draw.Of("score").Below(i, kinds), draw.Of("normal").Normal(i)));
        return Best(device, draw, scores, Shuffled(draw, columns), rows, most);
    });

    [Fact]
    public void Infinity_is_the_best_negative_zero_ties_with_zero_and_NaN_is_never_chosen()
    {
        float[] scores = [-0f, float.NaN, 0, float.NegativeInfinity, float.MinValue, float.PositiveInfinity, -float.NaN, float.Epsilon];
        string best = Best(_gpu, new Case(_gpu, 0), scores, [7, 6, 5, 4, 3, 2, 1, 0], 1, 8);
        Assert.Equal(Best(_scalar, new Case(_scalar, 0), scores, [7, 6, 5, 4, 3, 2, 1, 0], 1, 8), best);
        Assert.StartsWith("5 7 0 2 4 -1 -1 -1", best, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_columns_have_no_best()
    {
        string best = Best(_gpu, new Case(_gpu, 0), [], [], 2, 2);
        Assert.Equal(Best(_scalar, new Case(_scalar, 0), [], [], 2, 2), best);
        Assert.StartsWith("-1 -1 -1 -1", best, StringComparison.Ordinal);
    }

    [Property(MaxTest = Cases)]
    public void Pairs_are_made_in_the_same_order_from_any_first_one(ulong seed) => Same(seed, (device, draw) =>
    {
        (int users, int items) = (draw.Below("users", 9), draw.Below("items", 40));
        int first = draw.Below("first", (users * items) + 1), count = draw.Below("count", (users * items) - first + 1);
        Slice<int> pairUsers = device.Allocate<int>(count).Slice(), pairItems = device.Allocate<int>(count).Slice();
        device.PairRows(draw.Rows("user", users, 99), draw.Rows("item", items, 99), first, pairUsers, pairItems);
        return string.Join(' ', Read(pairUsers).Zip(Read(pairItems)));
    });

    [Property(MaxTest = Cases)]
    public void Numbers_that_are_not_finite_are_counted_row_by_row(ulong seed) => Same(seed, (device, draw) =>
    {
        (int rows, int columns) = (draw.Below("rows", 4), draw.Below("columns", 700));
        Slice<float> x = draw.Put<float>(Case.Make(rows * columns, i => draw.Of("x").Below(i, 9) switch
        {
            0 => float.NaN,
            1 => float.PositiveInfinity,
            2 => float.NegativeInfinity,
            3 => float.MaxValue,
            _ => i,
        }));
        Slice<int> counts = device.Allocate<int>(rows).Slice();
        device.CountNonFinite(counts, new Matrix(x, rows, columns));
        return string.Join(' ', Read(counts));
    });

    [Property(MaxTest = 8)]
    public void The_best_items_by_dot_products_are_those_of_the_scalar_device(ulong seed) => Same(seed, (device, draw) =>
    {
        // Whole numbers, so that every order of a sum gives the same bits.
        (int users, int items, int depth) = (draw.Below("users", 9), draw.Below("items", 300), draw.Below("depth", 20));
        int most = draw.Below("most", 8);
        int[][] leftOut = Case.Make(users, user => Shuffled(draw, items)[..draw.Of("left out").Below(user, items + 1)]);
        int[] starts = [0, .. leftOut.Select((_, user) => leftOut.Take(user + 1).Sum(some => some.Length))];
        int[] all = [.. leftOut.SelectMany(some => some)];
        Slice<int> nonFinite = Ints(device, users), found = Ints(device, users * most);
        Slice<float> best = device.Allocate<float>(users * most).Slice();
        device.TopDots(
            new DotRanking(
                new Matrix(Whole("users", users * depth), users, depth), new Matrix(Whole("items", items * depth), items, depth),
                draw.Below("biased", 2) == 0 ? default : Whole("bias", items), draw.Put<int>(Shuffled(draw, items)), draw.Put<int>(starts),
                RowIds.Write(Ints(device, all.Length), all)),
            nonFinite, found, new Matrix(best, users, most));
        return $"{string.Join(' ', Read(nonFinite))}: {string.Join(' ', Read(found))}: {string.Join(' ', Read(best))}";

        Slice<float> Whole(string name, int count) => draw.Put<float>(Case.Make(count, i => draw.Of(name).Below(i, 9) - 4f));
    });

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_in_the_words_of_the_scalar_device()
    {
        Refused(device => device.PairRows(Rows(device, 2), Rows(device, 3), 5, Ints(device, 2), Ints(device, 2)));
        Refused(device => device.PairRows(Rows(device, 2), Rows(device, 3), -1, Ints(device, 2), Ints(device, 2)));
        Refused(device => device.PairRows(Rows(device, 2), Rows(device, 3), 0, Ints(device, 2), Ints(device, 3)));
        Refused(device => device.TopK(Matrix(device, 2, 3), Ints(device, 2), Ints(device, 4), Matrix(device, 2, 2)));
        Refused(device => device.TopK(Matrix(device, 2, 3), Ints(device, 3), Ints(device, 3), Matrix(device, 2, 2)));
        Refused(device => device.TopK(Matrix(device, 2, 3), Ints(device, 3), Ints(device, 6), Matrix(device, 3, 2)));
        Refused(device => device.CountNonFinite(Ints(device, 3), Matrix(device, 2, 3)));
    }

    // Few different numbers, so that most are tied, among them both zeros; and in some cases what a broken model would give.
    private static float Score(int kind, double normal) => kind switch
    {
        0 => -0f,
        1 => 0,
        27 => (float)normal,
        28 => float.NaN,
        29 => float.PositiveInfinity,
        _ => kind - 12,
    };

    private static string Best(IDevice device, Case draw, float[] scores, int[] ranks, int rows, int most)
    {
        Slice<int> items = device.Allocate<int>(rows * most).Slice();
        Slice<float> best = device.Allocate<float>(rows * most).Slice();
        device.TopK(
            new Matrix(draw.Put<float>(scores), rows, ranks.Length), draw.Put<int>(ranks), items, new Matrix(best, rows, most));
        return $"{string.Join(' ', Read(items))}: {string.Join(' ', Read(best).Select(BitConverter.SingleToInt32Bits))}";
    }

    private static int[] Shuffled(Case draw, int count) =>
        [.. Enumerable.Range(0, count).OrderBy(i => draw.Of("rank").Uniform((ulong)i))];

    private static RowIds Rows(IDevice device, int count) => RowIds.Known(Ints(device, count), 1);

    private static Slice<int> Ints(IDevice device, int count) => device.Allocate<int>(count).Slice();

    private static Matrix Matrix(IDevice device, int rows, int columns) =>
        new(device.Allocate<float>(rows * columns).Slice(), rows, columns);

    private void Same(ulong seed, Func<IDevice, Case, string> run) =>
        Assert.Equal(run(_scalar, new Case(_scalar, seed)), run(_gpu, new Case(_gpu, seed)));

    private void Refused(Action<IDevice> operation)
    {
        ArgumentException own = Assert.ThrowsAny<ArgumentException>(() => operation(_gpu));
        Assert.Equal(Assert.ThrowsAny<ArgumentException>(() => operation(_scalar)).Message, own.Message);
    }

    private static T[] Read<T>(Slice<T> slice)
        where T : unmanaged
    {
        T[] values = new T[slice.Length];
        slice.Read(values);
        return values;
    }
}
