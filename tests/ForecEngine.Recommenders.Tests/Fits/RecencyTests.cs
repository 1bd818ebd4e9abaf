// The weights of a user's items by their age.

using ForecEngine.Checkpoints;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class RecencyTests
{
    [Property(MaxTest = 60)]
    public void Weights_fall_from_1_for_the_last_item_towards_the_floor(ushort decay, ushort floor)
    {
        Recency recency = new((1 + decay) / 65536.0, floor / 65535.0);
        Assert.Equal(1, recency.At(1), 1e-12);
        for (int distance = 1; distance < 30; distance++)
        {
            Assert.InRange(recency.At(distance + 1), recency.Floor - 1e-12, recency.At(distance) + 1e-12);
            Assert.Equal((recency.At(distance) - recency.Floor) * recency.Decay, recency.At(distance + 1) - recency.Floor, 1e-12);
        }
    }

    [Fact]
    public void A_history_without_times_has_equal_weights()
    {
        Recency recency = new(0.5, 0.2);
        int[] items = [3, 8, 9];
        Assert.Equal([0.4f, 0.6f, 1], [.. Enumerable.Range(0, 3).Select(place => recency.Of(new History(items, isTimed: true), place))]);
        Assert.Equal([1, 1, 1], [.. Enumerable.Range(0, 3).Select(place => recency.Of(new History(items, isTimed: false), place))]);
    }

    [Property(MaxTest = 30)]
    public void A_rule_that_is_written_is_read_as_it_was_and_without_one_weights_are_equal(ushort decay, ushort floor)
    {
        using TemporaryDirectory directory = new();
        Recency recency = new((1 + decay) / 65536.0, floor / 65535.0);
        SafetensorsFile.Write(directory["rule"], [recency.Tensor]);
        Assert.Equal(recency, Recency.Read(SafetensorsFile.Read(directory["rule"])));
        SafetensorsFile.Write(directory["none"], [SafeTensor.Of("x", [1f], 1)]);
        Assert.Equal(new Recency(1, 0), Recency.Read(SafetensorsFile.Read(directory["none"])));
    }
}
