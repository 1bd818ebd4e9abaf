// The minibatches of an epoch: every training row once with its negatives, in random order.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class SampleStreamTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void A_pass_holds_every_row_once_and_the_negatives_of_every_positive(Seed seed, byte batchSize, byte negatives, byte epoch)
    {
        PlacedMarket placed = Placed(seed.Value, "jp", "uk")[1];
        SampleSettings settings = new() { BatchSize = 1 + batchSize, Negatives = negatives % 6 };
        SampleStream stream = new(_device, [placed], settings, seed.Value, "nmf", 25);
        stream.Begin(epoch);

        Market market = placed.Market;
        NegativeSampler sampler = new(market, seed.Value);
        List<Sample> expected = [];
        int[] drawn = new int[settings.Negatives];
        for (int row = 0; row < market.TrainUsers.Length; row++)
        {
            int user = placed.UserRows[market.TrainUsers[row]];
            expected.Add(new Sample(user, placed.ItemRows[market.TrainItems[row]], market.TrainLabels[row], placed.Index));
            if (market.TrainLabels[row] > 0)
                expected.AddRange(
                    drawn[..sampler.Draw(25 + epoch, row, rows: 1, drawn)]
                        .Select(item => new Sample(user, placed.ItemRows[item], 0, placed.Index)));
        }

        Assert.Equal(Sorted(expected), Sorted(Pass(stream).SelectMany(batch => batch)));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void In_groups_every_positive_is_followed_by_its_negatives(Seed seed, byte batchSize, byte negatives, byte epoch)
    {
        PlacedMarket placed = Placed(seed.Value, "jp", "uk")[1];
        SampleSettings settings = new() { BatchSize = 1 + batchSize, Negatives = 1 + (negatives % 40) }; // some users have fewer items left
        SampleStream stream = new(_device, [placed], settings, seed.Value, "bpr", 25, inGroups: true);
        stream.Begin(epoch);

        Market market = placed.Market;
        NegativeSampler sampler = new(market, seed.Value);
        List<string> expected = [], found = [];
        int[] drawn = new int[settings.Negatives];
        for (int row = 0; row < market.TrainUsers.Length; row++)
        {
            if (market.TrainLabels[row] <= 0)
                continue;
            int count = sampler.Draw(25 + epoch, row, rows: 1, drawn);
            IEnumerable<int> items = Enumerable.Range(0, settings.Negatives).Select(i => drawn[i % count]).Prepend(market.TrainItems[row]);
            expected.Add($"{placed.UserRows[market.TrainUsers[row]]}: {string.Join(' ', items.Select(item => placed.ItemRows[item]))}");
        }

        foreach (Sample[] batch in Pass(stream))
        {
            foreach (Sample[] group in batch.Chunk(1 + settings.Negatives))
            {
                Assert.Single(group.Select(sample => sample.User).Distinct());
                Assert.Equal(group.Select((_, i) => i == 0 ? 1 : 0), group.Select(sample => (int)sample.Label));
                found.Add($"{group[0].User}: {string.Join(' ', group.Select(sample => sample.Item))}");
            }
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(stream.GroupSize * Math.Max(1, settings.BatchSize / stream.GroupSize), stream.BatchSize);
        Assert.Equal(stream.GroupSize, stream.BatchAt(0).GroupSize);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void In_batch_negatives_are_the_items_of_the_next_positives_of_the_minibatch(Seed seed, byte batchSize, byte negatives)
    {
        SampleSettings settings =
            new() { BatchSize = 1 + batchSize, Negatives = 1 + (negatives % 9), NegativeSampling = NegativeSampling.InBatch };
        SampleStream stream = new(_device, [Placed(seed.Value, "jp")[0]], settings, seed.Value, "bpr", 0);
        stream.Begin(3);
        foreach (Sample[] batch in Pass(stream))
        {
            Sample[][] groups = [.. batch.Chunk(stream.GroupSize)];
            for (int i = 0; i < groups.Length && groups.Length > 1; i++)
            {
                IEnumerable<int> others = groups[(i + 1)..].Concat(groups[..i]).Select(group => group[0].Item);
                Assert.Equal(
                    Enumerable.Repeat(others, settings.Negatives).SelectMany(items => items).Take(settings.Negatives),
                    groups[i][1..].Select(sample => sample.Item));
            }
        }
    }

    [Fact]
    public void Groups_without_negatives_are_refused() => Assert.Contains(
        "has no positive with a negative to compare it with",
        Assert.Throws<ArgumentException>(() => new SampleStream(
            _device, Placed(1, "jp"), new SampleSettings { Negatives = 0 }, 1, "bpr", 0, inGroups: true)).Message,
        StringComparison.Ordinal);

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void A_minibatch_does_not_depend_on_whether_earlier_ones_were_read(Seed seed, byte number, bool redraw)
    {
        SampleSettings settings = new() { BatchSize = 64, RedrawNegatives = redraw };
        IReadOnlyList<PlacedMarket> markets = Placed(seed.Value, "jp");
        SampleStream inTurn = new(_device, markets, settings, seed.Value, "nmf", 0);
        SampleStream alone = new(_device, markets, settings, seed.Value, "nmf", 0);
        inTurn.Begin(3);
        alone.Begin(3);
        for (int i = 0; i < number; i++)
            inTurn.BatchAt(i);
        Assert.Equal(Samples(inTurn.BatchAt(number)), Samples(alone.BatchAt(number)));
        Assert.Equal(alone.Count(number), alone.BatchAt(number).Count);
    }

    [Fact]
    public void All_minibatches_except_the_last_are_full()
    {
        IReadOnlyList<PlacedMarket> markets = Placed(1, "jp");
        SampleStream stream = new(_device, markets, new SampleSettings { BatchSize = 100, Negatives = 0 }, 1, "nmf", 0);
        stream.Begin(0);
        int rows = markets[0].Market.TrainUsers.Length;
        int[] counts = [.. Pass(stream).Select(batch => batch.Length)];
        Assert.All(counts[..^1], count => Assert.Equal(100, count));
        Assert.Equal(((rows - 1) % 100) + 1, counts[^1]);
        Assert.Equal(rows, counts.Sum());
    }

    [Fact]
    public void A_second_pass_in_an_epoch_has_the_same_samples_in_another_order()
    {
        SampleStream stream = new(_device, Placed(1, "jp"), new SampleSettings { BatchSize = 64 }, 1, "nmf", 0);
        stream.Begin(0);
        Sample[][] passes = [.. Enumerable.Range(0, 4).Select(pass => Pass(stream, pass).SelectMany(batch => batch).ToArray())];
        Assert.Equal(4, passes.DistinctBy(pass => string.Join(' ', pass)).Count());
        Assert.All(passes, pass => Assert.Equal(Sorted(passes[0]), Sorted(pass)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Epochs_differ_in_order_and_in_negatives_if_those_are_redrawn(bool redraw)
    {
        SampleStream stream = new(_device, Placed(1, "jp"), new SampleSettings { BatchSize = 64, RedrawNegatives = redraw }, 1, "nmf", 0);
        stream.Begin(0);
        Sample[] first = [.. Pass(stream).SelectMany(batch => batch)];
        stream.Begin(1);
        Sample[] second = [.. Pass(stream).SelectMany(batch => batch)];
        Assert.NotEqual(first, second);
        Assert.Equal(!redraw, Sorted(first).SequenceEqual(Sorted(second)));
    }

    [Fact]
    public void Negatives_drawn_once_are_the_same_in_all_epochs_and_differ_between_phases_of_different_numbers()
    {
        SampleSettings settings = new() { BatchSize = 64, RedrawNegatives = false };
        SampleStream gmf = new(_device, Placed(1, "jp"), settings, 1, "gmf", 0);
        SampleStream mlp = new(_device, Placed(1, "jp"), settings, 1, "mlp", 0);
        SampleStream fork = new(_device, Placed(1, "jp"), settings, 1, "forec", 75);
        gmf.Begin(0);
        mlp.Begin(3); // like a phase that resumes at its third epoch
        fork.Begin(0);
        Sample[] once = [.. Sorted(Pass(gmf).SelectMany(batch => batch))];
        Assert.Equal(once, Sorted(Pass(mlp).SelectMany(batch => batch)));
        Assert.NotEqual(once, Sorted(Pass(fork).SelectMany(batch => batch)));
    }

    [Fact]
    public void Any_epoch_can_be_the_first_to_begin()
    {
        SampleStream inTurn = new(_device, Placed(1, "jp"), new SampleSettings { BatchSize = 64 }, 1, "nmf", 0);
        SampleStream alone = new(_device, Placed(1, "jp"), new SampleSettings { BatchSize = 64 }, 1, "nmf", 0);
        inTurn.Begin(0);
        Pass(inTurn);
        inTurn.Begin(1);
        alone.Begin(1);
        Assert.Equal(Pass(inTurn).SelectMany(batch => batch), Pass(alone).SelectMany(batch => batch));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 10)]
    public void Samples_do_not_depend_on_the_number_of_threads_or_on_other_streams(Seed seed, byte threads)
    {
        // More rows than one work item draws; de is passed several times while us is passed once.
        MarketUnion union = new([TestMarkets.Prepared("us", seed.Value, users: 700), TestMarkets.Prepared("de", seed.Value, users: 200)]);
        Assert.True(union.Markets.Max(placed => placed.Market.TrainUsers.Length) > 4096);
        SampleSettings settings = new() { BatchSize = 1000 };
        SampleStream[] alone = Streams(), together = Streams();
        foreach (int epoch in (int[])[1, 2])
        {
            foreach (SampleStream stream in alone)
                stream.Begin(epoch);
            SampleStream.Begin(together, epoch, new ParallelOptions { MaxDegreeOfParallelism = 1 + (threads % 8) });
            for (int pass = 0; pass < 4; pass++)
            {
                foreach ((SampleStream one, SampleStream other) in alone.Zip(together))
                    Assert.True(Pass(one, pass).SelectMany(batch => batch).SequenceEqual(Pass(other, pass).SelectMany(batch => batch)));
            }
        }

        SampleStream[] Streams() =>
            [.. union.Markets.Select(placed => new SampleStream(_device, [placed], settings, seed.Value, "nmf", 0))];
    }

    [Fact]
    public void A_stream_of_several_markets_mixes_all_their_samples()
    {
        IReadOnlyList<PlacedMarket> markets = Placed(1, "de", "jp", "uk");
        SampleSettings settings = new() { BatchSize = 64 };
        SampleStream concat = new(_device, markets, settings, 1, "nmf++", 0);
        concat.Begin(0);
        Sample[][] together = Pass(concat);
        List<Sample> apart = [];
        foreach (PlacedMarket placed in markets)
        {
            SampleStream stream = new(_device, [placed], settings, 1, "nmf++", 0);
            stream.Begin(0);
            apart.AddRange(Pass(stream).SelectMany(batch => batch));
        }

        Assert.Equal(Sorted(apart), Sorted(together.SelectMany(batch => batch)));
        Assert.All(together.SelectMany(batch => batch), sample => Assert.Contains(sample.User, markets[sample.Market].UserRows));
        Assert.Contains(together, batch => markets.All(placed => batch.Any(sample => placed.UserRows.Contains(sample.User))));
    }

    private static IReadOnlyList<PlacedMarket> Placed(ulong seed, params string[] names) =>
        new MarketUnion([.. names.Select(name => TestMarkets.Prepared(name, seed))]).Markets;

    private static IEnumerable<Sample> Sorted(IEnumerable<Sample> samples) =>
        samples.OrderBy(s => s.User).ThenBy(s => s.Item).ThenBy(s => s.Label);

    private static Sample[][] Pass(SampleStream stream, int pass = 0) =>
        [.. Enumerable.Range(pass * stream.Batches, stream.Batches).Select(number => Samples(stream.BatchAt(number)))];

    private static Sample[] Samples(Minibatch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => new Sample(
        batch.Users.Values.Span[i], batch.Items.Values.Span[i], batch.Labels.Values.Span[i], batch.Markets.Values.Span[i]))];

    private readonly record struct Sample(int User, int Item, Real Label, int Market);
}
