// Compares gradient descent with p - rate (g + decay p) in double, over random sequences of gradients, and one step with a computation by
// hand.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class SgdTests : IDisposable
{
    private readonly ScalarDevice _device = new();
    private readonly Workspace _work;

    public SgdTests() => _work = new Workspace(_device);

    public void Dispose() => _device.Dispose();

    [Property]
    public void Steps_agree_with_the_formula_in_double(Seed seed)
    {
        Draws draws = new(seed);
        const int count = 9;
        double rate = Math.Pow(10, draws.Between(-4, 0)), decay = draws.Below(2) == 0 ? 0 : Math.Pow(10, draws.Between(-7, -1));
        Real[] start = draws.Ordinary(count);
        Slice<Real> p = _work.Vector(start);
        Rounded[] expected = [.. start.Select(value => new Rounded(value, 0))];
        for (int step = 0; step < 8; step++)
        {
            Real[] gradient = draws.Ordinary(count);
            _device.Update(default, new ParameterUpdate<Sgd>(new(rate, decay), p, default, default, _work.Vector(gradient)));
            for (int i = 0; i < count; i++)
            {
                Rounded penalised = new Rounded(gradient[i], 0) + (Rounded.Constant(decay) * expected[i]);
                expected[i] -= Rounded.Constant(rate) * penalised;
                expected[i].AssertNear(p.Span[i], $"p[{i}]");
            }
        }
    }

    [Fact]
    public void A_step_agrees_with_a_calculation_by_hand()
    {
        Slice<Real> p = _work.Vector([1, -2]);
        _device.Update(default, new ParameterUpdate<Sgd>(new(learningRate: 0.5, decay: 0.25), p, default, default, _work.Vector([3, 0])));
        Assert.Equal([-0.625f, -1.75f], p.Span.ToArray());
    }

    [Fact]
    public void With_touchedOnly_only_touched_rows_move()
    {
        Matrix table = _work.Matrix(3, 1, [1, 1, 1]);
        _device.Update(
            default,
            new ParameterUpdate<Sgd>(new(0.5, 0.5), table, default, default, _work.Rows([1]), _work.Matrix(1, 1, [1]), touchedOnly: true));
        Assert.Equal([1, 0.25f, 1], table.Values.Span.ToArray());
        _device.Update(
            default,
            new ParameterUpdate<Sgd>(new(0.5, 0.5), table, default, default, _work.Rows([1]), _work.Matrix(1, 1, [1]), touchedOnly: false));
        Assert.Equal([0.75f, -0.3125f, 0.75f], table.Values.Span.ToArray());
    }
}
