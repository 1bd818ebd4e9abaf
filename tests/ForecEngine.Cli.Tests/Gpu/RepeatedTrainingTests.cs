// A training on a GPU can be repeated: its order of sums depends on the minibatch alone, not on when threads run.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels.Gpu;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests.Gpu;

[Collection(nameof(GpuTestCollection))]
public sealed class RepeatedTrainingTests(GpuDevices devices)
{
    public static TheoryData<string> Methods => GpuDevices.Methods;

    [Theory]
    [MemberData(nameof(Methods))]
    public void Two_trainings_of_a_method_write_the_same_bytes(string method)
    {
        GpuDevices.Require();
        using TemporaryDirectory directory = new();
        ExperimentData data = DemoMarkets.Read("in");
        Assert.Equal(Written(devices.First, "first"), Written(devices.Second, "second"));

        byte[] Written(GpuDevice device, string name)
        {
            ExperimentOutcome outcome = new ExperimentRunner(device).Run(data.Of(method, epochs: 1), data.Markets);
            string file = directory[name];
            SafetensorsFile.Write(
                file, outcome.Model.Tensors,
                new Dictionary<string, string> { [RunDirectory.ExperimentKey] = outcome.Experiment.ToJson() });
            return File.ReadAllBytes(file);
        }
    }
}
