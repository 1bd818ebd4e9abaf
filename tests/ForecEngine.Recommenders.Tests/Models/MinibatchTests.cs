// The samples of a step are replaced as a whole; different lengths are refused.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class MinibatchTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_smaller_minibatch_holds_no_samples_of_the_one_before()
    {
        Minibatch batch = new(_device, 3);
        batch.Set([1, 2, 3], [4, 5, 6], [1, 0, 1]);
        batch.Set([7], [8], [0]);
        Assert.Equal(1, batch.Count);
        Assert.Equal([7], batch.Users.Values.Span.ToArray());
        Assert.Equal([8], batch.Items.Values.Span.ToArray());
        Assert.Equal([0], batch.Labels.Values.Span.ToArray());
        Assert.Equal((1, 1), (batch.Labels.Rows, batch.Labels.Columns));
    }

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(4, 4, 4)]
    public void Errors_name_lengths_that_differ_or_exceed_the_capacity(int users, int items, int labels)
    {
        Minibatch batch = new(_device, 3);
        string message = Assert.Throws<ArgumentException>(() => batch.Set(new int[users], new int[items], new Real[labels])).Message;
        string expected = $"{users} users, {items} items and {labels} labels; expects equal numbers up to 3";
        Assert.StartsWith(expected, message, StringComparison.Ordinal);
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Pairs_of_users_and_items_are_made_from_any_first_one_and_have_one_market()
    {
        Minibatch batch = new(_device, 3);
        RowIds users = RowIds.Write(_device.Allocate<int>(2).Slice(), [7, 5]);
        RowIds items = RowIds.Write(_device.Allocate<int>(2).Slice(), [1, 3]);
        batch.SetPairs(users, items, first: 1, count: 3, market: 2);
        Assert.Equal([7, 5, 5], batch.Users.Values.Span.ToArray());
        Assert.Equal([3, 1, 3], batch.Items.Values.Span.ToArray());
        Assert.Equal([2, 2, 2], batch.Markets.Values.Span.ToArray());
        Assert.Equal((8, 4, 3, 2), (batch.Users.Bound, batch.Items.Bound, batch.Markets.Bound, batch.Market));
    }

    [Fact]
    public void Samples_without_markets_belong_to_the_first()
    {
        Minibatch batch = new(_device, 3);
        batch.Set([1, 2, 3], [4, 5, 6], [1, 0, 1], [2, 2, 2]);
        batch.Set([1, 2], [4, 5], [1, 0]);
        Assert.Equal([0, 0], batch.Markets.Values.Span.ToArray());
        Assert.Equal(0, batch.Market);
    }

    [Fact]
    public void The_market_of_a_minibatch_is_that_of_all_its_samples()
    {
        Minibatch batch = new(_device, 3);
        batch.Set([1, 2, 3], [4, 5, 6], [1, 0, 1], [2, 2, 2]);
        Assert.Equal(2, batch.Market);
        batch.Set([1, 2, 3], [4, 5, 6], [1, 0, 1], [2, 2, 0]);
        Assert.Equal(-1, batch.Market);
        Assert.Equal([2, 2, 0], batch.Markets.Values.Span.ToArray());
        foreach (int market in (int[])[3, 1])
        {
            batch.Set([1, 2], [3, 4], market);
            Assert.Equal([market, market], batch.Markets.Values.Span.ToArray());
            Assert.Equal(market, batch.Market);
        }
    }

    [Fact]
    public void The_error_for_a_wrong_number_of_markets_names_it()
    {
        Minibatch batch = new(_device, 3);
        string message = Assert.Throws<ArgumentException>(() => batch.Set([1, 2], [3, 4], [1, 0], [0])).Message;
        Assert.StartsWith("1 markets for 2 samples", message, StringComparison.Ordinal);
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Pairs_without_labels_are_checked_the_same_way()
    {
        Minibatch batch = new(_device, 3);
        batch.Set([1, 2], [3, 4]);
        Assert.Equal(2, batch.Count);
        Assert.Throws<ArgumentException>(() => batch.Set([1, 2], [3]));
        Assert.Throws<ArgumentException>(() => batch.Set([1, 2, 3, 4], [1, 2, 3, 4]));
    }
}
