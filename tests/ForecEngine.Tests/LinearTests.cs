// Linear computes y = x W' + b, with the parameter names and shapes of PyTorch.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests;

public sealed class LinearTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 50)]
    public void The_output_is_x_times_the_transposed_weight_plus_the_bias(DeviceChoice choice, MatrixShape shape, Seed seed)
    {
        using IDevice device = choice.Create();
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        int outputs = 1 + draws.Below(0, 40);
        Linear layer = new(device, "layer", shape.Columns, outputs);
        layer.Initialise(seed.Value, "test");
        Real[] x = [.. Enumerable.Range(0, shape.Rows * shape.Columns).Select(i => (Real)draws.Normal(1 + (ulong)i))];
        Storage<Real> input = device.Allocate<Real>(x.Length);
        input.Write(0, x);

        Tape tape = new(device, recording: false);
        Tensor y = layer.Apply(tape, tape.Constant(new Matrix(input.Slice(), shape.Rows, shape.Columns)));

        Real[] weight = layer.Weight.Value.Values.Span.ToArray(), bias = layer.Bias.Value.Values.Span.ToArray();
        Assert.Equal((shape.Rows, outputs), (y.Rows, y.Columns));
        for (int row = 0; row < y.Rows; row++)
        {
            for (int o = 0; o < outputs; o++)
            {
                double expected = bias[o];
                for (int i = 0; i < shape.Columns; i++)
                    expected += (double)weight[(o * shape.Columns) + i] * x[(row * shape.Columns) + i];
                Assert.Equal(expected, y.Value.Values.Span[(row * outputs) + o], 2e-5);
            }
        }
    }

    [Fact]
    public void Parameters_have_the_names_and_shapes_of_PyTorch()
    {
        Linear layer = new(_device, "fc_layers.1", 64, 32);
        Assert.Equal(["fc_layers.1.weight", "fc_layers.1.bias"], layer.Parameters.Select(p => p.Name));
        Assert.Equal([32, 64], layer.Weight.Shape);
        Assert.Equal([32], layer.Bias.Shape);
        Assert.All(layer.Parameters, p => Assert.All(p.Value.Values.Span.ToArray(), x => Assert.Equal(0, x)));
    }

    [Fact]
    public void Weight_and_bias_are_uniform_within_1_over_the_square_root_of_the_inputs()
    {
        Linear layer = new(_device, "layer", 16, 500);
        layer.Initialise(42, "test");
        foreach (Parameter parameter in layer.Parameters)
        {
            Real[] values = parameter.Value.Values.Span.ToArray();
            Assert.All(values, x => Assert.InRange(x, -0.25, 0.25));
            Assert.InRange(values.Max(), 0.24, 0.25);
            Assert.InRange(values.Min(), -0.25, -0.24);
        }

        Assert.NotEqual(layer.Weight.Value.Values.Span[..500].ToArray(), layer.Bias.Value.Values.Span.ToArray());
    }

    [Fact]
    public void The_bias_of_a_new_layer_stays_0_if_it_is_not_drawn()
    {
        Linear drawn = new(_device, "layer", 16, 20), layer = new(_device, "layer", 16, 20);
        drawn.Initialise(42, "test");
        layer.Initialise(42, "test", drawsBias: false);
        Assert.Equal(drawn.Weight.Value.Values.Span.ToArray(), layer.Weight.Value.Values.Span.ToArray());
        Assert.All(layer.Bias.Value.Values.Span.ToArray(), x => Assert.Equal(0, x));
    }
}
