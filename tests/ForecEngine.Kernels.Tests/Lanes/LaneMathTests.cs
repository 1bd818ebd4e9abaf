// Compares exp, ln(1 + t) and the sigmoid with the platform's functions in double, over dense sweeps and random arguments.
// The tests print the largest errors and assert the bounds that LaneMath documents. The functions run as operations of the devices, so the
// tests also compare the bits of the vector device.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class LaneMathTests(Devices devices, ITestOutputHelper output) : IClassFixture<Devices>
{
    private const double DocumentedError = 2e-7;
    private const int SweepPoints = 200_000;

    [Fact]
    public void Exp_has_the_documented_error_over_its_whole_range() =>
        Assert.InRange(WorstError<Exponential>(Sweep(-87, 87), Math.Exp, "exp"), 0, DocumentedError);

    [Fact]
    public void Exp_has_the_documented_error_for_small_arguments() =>
        Assert.InRange(WorstError<Exponential>(Sweep(-0.4, 0.4), Math.Exp, "exp near 0"), 0, DocumentedError);

    [Fact]
    public void Log_one_plus_has_the_documented_error_over_its_whole_range() =>
        Assert.InRange(WorstError<LogOnePlus>(Sweep(0, 1), LogOnePlusInDouble, "ln(1 + t)"), 0, DocumentedError);

    [Fact]
    public void Log_one_plus_has_the_documented_error_for_small_arguments() =>
        Assert.InRange(WorstError<LogOnePlus>(Sweep(0, 1e-6), LogOnePlusInDouble, "ln(1 + t) near 0"), 0, DocumentedError);

    [Fact]
    public void Sigmoid_has_the_documented_error_over_its_whole_range() =>
        Assert.InRange(WorstError<Sigmoid>(Sweep(-87, 100), SigmoidInDouble, "sigmoid"), 0, DocumentedError);

    [Property]
    public void Random_arguments_have_the_documented_errors(Seed seed)
    {
        Draws draws = new(seed);
        Real[] magnitudes = [.. Enumerable.Range(0, 200).Select(_ => (Real)Math.Exp(draws.Between(-80, 0)))];
        Assert.InRange(Error<LogOnePlus>(magnitudes, LogOnePlusInDouble), 0, DocumentedError);
        Real[] arguments = [.. magnitudes.Select(m => (draws.Below(2) == 0 ? 86 : -86) * m)];
        Assert.InRange(Error<Exponential>(arguments, Math.Exp), 0, DocumentedError);
        Assert.InRange(Error<Sigmoid>(arguments, SigmoidInDouble), 0, DocumentedError);
    }

    [Property]
    public void Every_lane_gives_the_same_bits(Length length, Seed seed)
    {
        Draws draws = new(seed);
        Real[] any = draws.Any(length.Value);
        Real[] units = [.. Enumerable.Range(0, length.Value).Select(_ => (Real)draws.Between(0, 1))];
        devices.Agree(work =>
        {
            work.Device.Unary<Exponential>(work.Vector(any), work.Vector(any));
            work.Device.Unary<Magnitude>(work.Vector(any), work.Vector(any));
            work.Device.Unary<LogOnePlus>(work.Vector(units), work.Vector(units));
        });
    }

    [Property]
    public void Settle_turns_exactly_the_numbers_below_2_to_the_minus_100_into_0(Seed seed)
    {
        Draws draws = new(seed);
        IEnumerable<Real> faint = Enumerable.Range(0, 20).Select(_ => (Real)Math.Exp(draws.Between(-85, -50)));
        Real[] x = [.. draws.Any(20), Real.Epsilon, -Real.Epsilon, .. faint];
        Real threshold = (Real)Math.Pow(2, -100);
        Assert.All(x, value =>
        {
            Real expected = Math.Abs(value) < threshold ? 0 : value;
            Assert.Equal(expected, LaneMath.Settle(new ScalarLane(value)).Value);
        });
    }

    [Fact]
    public void Exp_is_never_zero_nor_infinite()
    {
        Real[] y = Apply<Exponential>(
            [87, 88, 1000, Real.MaxValue, Real.PositiveInfinity, -87, -88, -1000, -Real.MaxValue, Real.NegativeInfinity]);
        Assert.All(y[..5], value => Assert.Equal(y[0], value));
        Assert.All(y[5..], value => Assert.Equal(y[5], value));
        Assert.True(Real.IsNormal(y[0]) && Real.IsNormal(y[5]));
    }

    [Fact]
    public void Exp_of_zero_is_one() => Assert.Equal([1, 1], Apply<Exponential>([0, -0f]));

    [Fact]
    public void Log_one_plus_of_zero_is_zero() => Assert.Equal([0], Apply<LogOnePlus>([0]));

    [Fact]
    public void Sigmoid_saturates_and_is_never_zero()
    {
        Real[] y = Apply<Sigmoid>([Real.PositiveInfinity, 100, 0, -100, Real.NegativeInfinity]);
        Assert.Equal([1, 1, 0.5f], y[..3]);
        Assert.All(y[3..], value => Assert.InRange(value, 1e-38f, 2e-38f));
    }

    [Fact]
    public void NaN_stays_NaN()
    {
        Assert.True(Real.IsNaN(Apply<Exponential>([Real.NaN])[0]));
        Assert.True(Real.IsNaN(Apply<LogOnePlus>([Real.NaN])[0]));
        Assert.True(Real.IsNaN(Apply<Sigmoid>([Real.NaN])[0]));
        Assert.True(Real.IsNaN(Apply<Magnitude>([Real.NaN])[0]));
    }

    private static double SigmoidInDouble(double x) => 1 / (1 + Math.Exp(-x));

    // ln(1 + t) without the rounding of 1 + t: u = fl(1 + t) is off by a known t - (u - 1).
    private static double LogOnePlusInDouble(double t)
    {
        double u = 1 + t;
        return Math.Log(u) + ((t - (u - 1)) / u);
    }

    private static Real[] Sweep(double low, double high) =>
        [.. Enumerable.Range(0, SweepPoints + 1).Select(i => (Real)(low + ((high - low) * i / SweepPoints)))];

    private double WorstError<TFunction>(Real[] x, Func<double, double> exact, string name)
        where TFunction : unmanaged, IUnaryOp
    {
        double worst = Error<TFunction>(x, exact);
        output.WriteLine($"{name}: worst relative error {worst:E2} at {x.Length} points");
        return worst;
    }

    private static double Error<TFunction>(Real[] x, Func<double, double> exact)
        where TFunction : unmanaged, IUnaryOp
    {
        Real[] y = Apply<TFunction>(x);
        double worst = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double expected = exact(x[i]);
            double error = Math.Abs(y[i] - expected);
            worst = Math.Max(worst, error == 0 ? 0 : error / Math.Abs(expected));
        }

        return worst;
    }

    private static Real[] Apply<TFunction>(Real[] x)
        where TFunction : unmanaged, IUnaryOp
    {
        using ScalarDevice device = new();
        Workspace work = new(device);
        Slice<Real> y = work.Vector(new Real[x.Length]);
        device.Unary<TFunction>(work.Vector(x), y);
        return y.Span.ToArray();
    }

    private readonly struct Exponential : IUnaryOp
    {
        public static TLane Forward<TLane>(TLane x)
            where TLane : struct, ILane<TLane> => LaneMath.Exp(x);

        public static TLane Backward<TLane>(TLane x, TLane dy)
            where TLane : struct, ILane<TLane> => LaneMath.Exp(x) * dy;
    }

    private readonly struct LogOnePlus : IUnaryOp
    {
        public static TLane Forward<TLane>(TLane x)
            where TLane : struct, ILane<TLane> => LaneMath.LogOnePlus(x);

        public static TLane Backward<TLane>(TLane x, TLane dy)
            where TLane : struct, ILane<TLane> => dy / (TLane.Broadcast(1) + x);
    }

    private readonly struct Magnitude : IUnaryOp
    {
        public static TLane Forward<TLane>(TLane x)
            where TLane : struct, ILane<TLane> => LaneMath.Abs(x);

        public static TLane Backward<TLane>(TLane x, TLane dy)
            where TLane : struct, ILane<TLane> => TLane.WhereGreater(TLane.Broadcast(0), x, -dy, dy);
    }
}
