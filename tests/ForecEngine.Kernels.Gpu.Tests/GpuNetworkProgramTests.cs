// Compares the fused step with the compiled network of the host over random networks: widths that are no multiples of four, with and
// without a tower, a product, a head and frozen parts. Losses, gradients, updated parameters and logits agree within rounding.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuNetworkProgramTests(TestAccelerator accelerator) : IClassFixture<TestAccelerator>, IDisposable
{
    private const int Cases = 6;
    private const float Tolerance = 2e-5f;

    private readonly GpuDevice _gpu = accelerator.Gpu;
    private readonly SimdDevice _host = new(1);

    public void Dispose() => _host.Dispose();

    [Property(MaxTest = Cases)]
    public void A_minibatch_has_the_gradients_of_the_host(ulong seed) => Agree(seed, (network, draw) =>
    {
        INetworkProgram program = network.Compile();
        Slice<float> loss = draw.Normals("loss", 1);
        program.Differentiate(network.Batch("one", 70), 0.5f, loss);
        float[] first = [.. loss.ToArray(), .. network.Gradients()];
        program.Differentiate(network.Batch("two", 33), 1, loss); // adds to the gradients
        return [first, loss.ToArray(), network.Gradients()];
    });

    [Property(MaxTest = Cases)]
    public void Steps_move_parameters_as_on_the_host(ulong seed) => Agree(seed, (network, draw) =>
    {
        INetworkProgram program = network.Compile();
        Slice<float> loss = draw.Normals("loss", 1);
        for (int step = 1; step <= 3; step++)
        {
            program.Differentiate(network.Batch($"{step}", 150, isSorted: step != 2), 1, loss); // an item has more than 64 positions
            network.Update(step, loss);
        }

        Slice<float> logits = draw.Normals("logits", 45);
        program.Score(network.Batch("pairs", 45), logits);
        return [loss.ToArray(), network.Parameters(), network.Gradients(), logits.ToArray()];
    });

    [Property(MaxTest = Cases)]
    public void Rounds_of_meta_learning_move_parameters_as_on_the_host(ulong seed) => Agree(seed, (network, draw) =>
    {
        InnerRule rule = new(0.1, AddsSupport: draw.Below("adds", 2) == 1);
        INetworkProgram program = network.Compile();
        int markets = 1 + draw.Below("markets", 3), isBeside = draw.Below("beside", 2);
        Slice<float> losses = draw.Normals("losses", markets);
        for (int step = 1; step <= 2; step++)
        {
            SampleBatch[] batches = isBeside == 1
                ? network.Beside($"{step}", 2 * markets, 20)
                : [.. Enumerable.Range(0, 2 * markets).Select(i => network.Batch($"{step}/{i}", 17 + i, isSorted: i != 1))];
            program.Visit(
                rule, 1f / markets,
                [.. Enumerable.Range(0, markets).Select(i => new MarketVisit(batches[2 * i], batches[(2 * i) + 1], losses.Part(i, 1)))]);
            network.Update(step, losses);
        }

        return [losses.ToArray(), network.Parameters(), network.Gradients()];
    });

    [Fact]
    public void A_step_whose_loss_is_not_finite_moves_nothing()
    {
        Case draw = new(_gpu, 1);
        NetworkCase network = new(_gpu, draw);
        INetworkProgram program = network.Compile();
        float[] before = network.Parameters();
        network.Spoil();
        float[] spoilt = network.Parameters();
        Slice<float> loss = draw.Normals("loss", 1);
        program.Differentiate(network.Batch("one", 40), 1, loss);
        network.Update(1, loss);
        Assert.Equal(float.NaN, loss.ToArray()[0]);
        Assert.Equal(spoilt, network.Parameters());
        Assert.NotEqual(before, spoilt);
    }

    [Fact]
    public void Two_runs_have_the_same_bits()
    {
        Assert.Equal(Run(), Run());

        float[] Run()
        {
            Case draw = new(_gpu, 7);
            NetworkCase network = new(_gpu, draw);
            INetworkProgram program = network.Compile();
            Slice<float> loss = draw.Normals("loss", 1);
            for (int step = 1; step <= 3; step++)
            {
                program.Differentiate(network.Batch($"{step}", 300), 1, loss);
                network.Update(step, loss);
            }

            return [.. loss.ToArray(), .. network.Parameters()];
        }
    }

    private void Agree(ulong seed, Func<NetworkCase, Case, float[][]> run)
    {
        float[][] expected = Outputs(_host), found = Outputs(_gpu);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Length, found[i].Length);
            float difference = Norm(expected[i].Zip(found[i], (a, b) => a - b)), size = Norm(expected[i]);
            Assert.True(difference <= Tolerance * (1e-3f + size), $"output {i} of seed {seed}: {difference} of {size}");
        }

        float[][] Outputs(IDevice device)
        {
            Case draw = new(device, seed);
            return run(new NetworkCase(device, draw), draw);
        }

        static float Norm(IEnumerable<float> values) => MathF.Sqrt(values.Sum(value => value * value));
    }
}
