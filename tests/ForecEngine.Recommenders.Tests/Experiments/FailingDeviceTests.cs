// A device that fails in the middle of an epoch, as a GPU does whose driver is reset.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Tests.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class FailingDeviceTests : StageRuns
{
    [Fact]
    public void A_device_that_fails_within_an_epoch_leaves_the_checkpoint_of_the_epoch_before_and_the_run_resumes_to_the_same_bits()
    {
        int updates = 0;
        byte[][] expected = Tensors(Run("gmf++", on: new OpaqueDevice { BeforeUpdate = () => updates++ }));
        int left = updates * 4 / 3 / Settings.Gradient.Epochs; // a third into the second epoch

        OpaqueDevice failing = new()
        {
            BeforeUpdate = () =>
            {
                if (left-- == 0)
                    throw new DeviceException("opaque", DeviceFault.Lost, "the device is lost");
            },
        };
        Assert.True(left > updates / Settings.Gradient.Epochs);
        DeviceException error = Assert.Throws<DeviceException>(() => Run("gmf++", on: failing, stages: Own(resumes: false)));
        Assert.Equal("opaque: the device is lost", error.Message);
        string checkpoint = Assert.Single(Directory.GetFiles(Path.Combine(Folder.Root, "stages")));
        Assert.NotEmpty(SafetensorsFile.Read(checkpoint).Tensors);

        Said.Clear();
        Assert.Equal(expected, Tensors(Run("gmf++", on: new OpaqueDevice(), stages: Own(resumes: true))));
        Assert.Contains(Said, line => line.EndsWith(", after epoch 1", StringComparison.Ordinal));
    }

    private static byte[][] Tensors(ExperimentOutcome outcome) =>
        [.. outcome.Model.Tensors.Select(tensor => tensor.Data.ToArray())];
}
