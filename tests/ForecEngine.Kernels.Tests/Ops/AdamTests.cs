// Compares Adam with double-precision versions of torch.optim.Adam and torch.optim.SparseAdam, written here from their documentation, over
// random sequences of gradients. The tolerance comes from running error analysis (Higham, "Accuracy and Stability of Numerical Algorithms",
// section 3.3): each number carries a first-order bound of its rounding error in float, and the tests allow twice that bound.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class AdamTests : IDisposable
{
    private const int Steps = 6;
    private readonly ScalarDevice _device = new();
    private readonly Workspace _work;

    public AdamTests() => _work = new Workspace(_device);

    public void Dispose() => _device.Dispose();

    [Property]
    public void Dense_agrees_with_torch_s_Adam(Seed seed)
    {
        Draws draws = new(seed);
        Settings settings = Settings.Draw(draws);
        const int count = 13;
        Real[] start = draws.Ordinary(count);
        Slice<Real> p = _work.Vector(start), m = _work.Vector(new Real[count]), v = _work.Vector(new Real[count]);
        Reference[] reference = [.. start.Select(value => new Reference(value))];
        for (int t = 1; t <= Steps; t++)
        {
            Real[] gradient = Gradient(draws, count);
            _device.Update(default, new ParameterUpdate<Adam>(settings.Dense(t), p, m, v, _work.Vector(gradient)));
            for (int i = 0; i < count; i++)
                reference[i].StepAsAdam(t, gradient[i], settings);
            AssertNear(reference, p, m, v);
        }
    }

    [Fact]
    public void Weight_decay_alone_takes_a_parameter_to_0_and_never_to_a_subnormal_number()
    {
        Slice<Real> p = _work.Vector([1e-9f, -1e-6f, 0.01f]), m = _work.Vector(new Real[3]), v = _work.Vector(new Real[3]);
        for (int t = 1; p.Span.ToArray().Any(value => value != 0); t++)
        {
            Assert.InRange(t, 1, 200_000);
            Adam rule = Adam.Dense(t, 0.01, 0.9, 0.999, 1e-8, 1e-5);
            _device.Update(default, new ParameterUpdate<Adam>(rule, p, m, v, _work.Vector(new Real[3])));
            Assert.All(p.Span.ToArray(), value => Assert.False(Real.IsSubnormal(value)));
        }
    }

    [Property]
    public void Dense_on_a_table_agrees_with_torch_s_Adam_with_zero_gradients_for_other_rows(Seed seed)
    {
        Draws draws = new(seed);
        Settings settings = Settings.Draw(draws);
        const int rows = 7, columns = 3;
        Table table = new(_work, rows, columns, draws.Ordinary(rows * columns));
        for (int t = 1; t <= Steps; t++)
        {
            int[] touched = draws.Subset(rows);
            Real[] gradient = Gradient(draws, touched.Length * columns);
            table.Update(_work, settings.Dense(t), touched, gradient, touchedOnly: false);
            for (int i = 0; i < rows * columns; i++)
            {
                int place = Array.IndexOf(touched, i / columns);
                table.Reference[i].StepAsAdam(t, place < 0 ? 0 : gradient[(place * columns) + (i % columns)], settings);
            }

            AssertNear(table.Reference, table.P.Values, table.M, table.V);
        }
    }

    [Property]
    public void Lazy_agrees_with_torch_s_SparseAdam_on_the_touched_rows(Seed seed)
    {
        Draws draws = new(seed);
        Settings settings = Settings.Draw(draws);
        const int rows = 7, columns = 3;
        Table table = new(_work, rows, columns, draws.Ordinary(rows * columns));
        for (int t = 1; t <= Steps; t++)
        {
            int[] touched = draws.Subset(rows);
            Real[] gradient = Gradient(draws, touched.Length * columns);
            table.Update(_work, settings.Lazy(t), touched, gradient, touchedOnly: true);
            for (int i = 0; i < gradient.Length; i++)
                table.Reference[(touched[i / columns] * columns) + (i % columns)].StepAsSparseAdam(t, gradient[i], settings);
            AssertNear(table.Reference, table.P.Values, table.M, table.V);
        }
    }

    [Fact]
    public void The_first_step_moves_by_the_learning_rate_against_the_sign_of_the_gradient()
    {
        Slice<Real> p = _work.Vector([1, 1, 1, 1]);
        Slice<Real> m = _work.Vector(new Real[4]), v = _work.Vector(new Real[4]);
        _device.Update(
            default, new ParameterUpdate<Adam>(Adam.Dense(1, 0.01, 0.9, 0.999, 1e-8, 0), p, m, v, _work.Vector([5, -5, 0.001f, 0])));
        Assert.Equal([0.99f, 1.01f, 0.99f, 1], p.Span.ToArray(), (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Fact]
    public void Weight_decay_moves_an_untouched_row_by_nearly_the_learning_rate_if_dense_and_not_if_lazy()
    {
        Matrix dense = _work.Matrix(2, 1, [1, 1]), lazy = _work.Matrix(2, 1, [1, 1]);
        RowIds rows = _work.Rows([0]);
        Matrix gradient = _work.Matrix(1, 1, [1]);
        Adam every = Adam.Dense(1, 0.01, 0.9, 0.999, 1e-8, 1e-4), touched = Adam.Lazy(1, 0.01, 0.9, 0.999, 1e-8, 1e-4);
        _device.Update(default, new ParameterUpdate<Adam>(every, dense, Zeros(), Zeros(), rows, gradient, touchedOnly: false));
        _device.Update(default, new ParameterUpdate<Adam>(touched, lazy, Zeros(), Zeros(), rows, gradient, touchedOnly: true));
        Assert.Equal(0.99, dense.Values.Span[1], 1e-4);
        Assert.Equal(1, lazy.Values.Span[1]);
        Assert.Equal(0.99, lazy.Values.Span[0], 1e-4);

        Slice<Real> Zeros() => _work.Vector([0, 0]);
    }

    // Zeros and numbers whose squares are normal floats.
    private static Real[] Gradient(Draws draws, int count) =>
    [
        .. Enumerable.Range(0, count).Select(
            _ => draws.Below(4) == 0 ? 0 : (Real)(draws.Between(-1, 1) * Math.Pow(10, draws.Between(-4, 2)))),
    ];

    private static void AssertNear(Reference[] reference, Slice<Real> p, Slice<Real> m, Slice<Real> v)
    {
        for (int i = 0; i < reference.Length; i++)
        {
            reference[i].P.AssertNear(p.Span[i], $"p[{i}]");
            reference[i].M.AssertNear(m.Span[i], $"m[{i}]");
            reference[i].V.AssertNear(v.Span[i], $"v[{i}]");
        }
    }

    private sealed record Settings(double Rate, double Beta1, double Beta2, double Epsilon, double Decay)
    {
        public static Settings Draw(Draws draws) => new(
            Math.Pow(10, draws.Between(-4, -1)),
            draws.Below(4) == 0 ? 0 : draws.Between(0.5, 0.95),
            draws.Between(0.9, 0.9999),
            Math.Pow(10, draws.Between(-8, -3)),
            draws.Below(2) == 0 ? 0 : Math.Pow(10, draws.Between(-7, -2)));

        public Adam Dense(int t) => Adam.Dense(t, Rate, Beta1, Beta2, Epsilon, Decay);

        public Adam Lazy(int t) => Adam.Lazy(t, Rate, Beta1, Beta2, Epsilon, Decay);
    }

    private sealed class Table(Workspace work, int rows, int columns, Real[] start)
    {
        public Matrix P { get; } = work.Matrix(rows, columns, start);

        public Slice<Real> M { get; } = work.Vector(new Real[start.Length]);

        public Slice<Real> V { get; } = work.Vector(new Real[start.Length]);

        public Reference[] Reference { get; } = [.. start.Select(value => new Reference(value))];

        public void Update(Workspace workspace, Adam rule, int[] touched, Real[] gradient, bool touchedOnly) =>
            workspace.Device.Update(default, new ParameterUpdate<Adam>(
                rule, P, M, V, workspace.Rows(touched), workspace.Matrix(touched.Length, P.Columns, gradient), touchedOnly));
    }

    // One parameter in double; each number carries its error bound.
    private sealed class Reference(double start)
    {
        public Rounded P { get; private set; } = new(start, 0);

        public Rounded M { get; private set; }

        public Rounded V { get; private set; }

        public void StepAsAdam(int t, double gradient, Settings settings)
        {
            double correction1 = 1 - Math.Pow(settings.Beta1, t), correction2 = 1 - Math.Pow(settings.Beta2, t);
            Accumulate(gradient, settings);
            Rounded denominator = (V.Root() * Rounded.Constant(1 / Math.Sqrt(correction2))) + Rounded.Constant(settings.Epsilon);
            P -= Rounded.Constant(settings.Rate / correction1) * (M / denominator);
        }

        public void StepAsSparseAdam(int t, double gradient, Settings settings)
        {
            double correction1 = 1 - Math.Pow(settings.Beta1, t), correction2 = 1 - Math.Pow(settings.Beta2, t);
            Accumulate(gradient, settings);
            Rounded denominator = V.Root() + Rounded.Constant(settings.Epsilon);
            P -= Rounded.Constant(settings.Rate * Math.Sqrt(correction2) / correction1) * (M / denominator);
        }

        private void Accumulate(double gradient, Settings settings)
        {
            Rounded g = new Rounded(gradient, 0) + (Rounded.Constant(settings.Decay) * P);
            M += Rounded.Constant(1 - settings.Beta1) * (g - M);
            V = (Rounded.Constant(settings.Beta2) * V) + (Rounded.Constant(1 - settings.Beta2) * g * g);
        }
    }
}
