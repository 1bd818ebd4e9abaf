// The tensors of a model are known before it is made.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class ModelTensorsTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void They_are_the_parameters_that_the_model_then_has(Seed seed)
    {
        using ScalarDevice device = new();
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        int dimension = 1 + draws.Below(0, 5);
        int[] layers = [2 * dimension, .. Enumerable.Range(0, 1 + draws.Below(1, 3)).Select(i => 1 + draws.Below(2 + (ulong)i, 9))];
        ModelShape shape = new(1 + draws.Below(10, 9), 1 + draws.Below(11, 9), dimension, layers)
        {
            Markets = 2 + draws.Below(12, 3),
            Target = draws.Below(13, 2),
        };
        foreach (string name in ModelCatalog.Names)
        {
            ModelShape own = draws.Below(14, 2) == 0 ? shape : shape with { Head = [layers[^1] + dimension, 5, 2] };
            Assert.Equal(
                ModelCatalog.Create(name, device, own).Parameters.Select(
                    parameter => $"{parameter.Name} [{string.Join(", ", parameter.Shape)}]").Order(StringComparer.Ordinal),
                ModelTensors.Of(name, own).Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]")
                    .Order(StringComparer.Ordinal));
        }
    }
}
