// In each epoch, every user with two items or more is a sample of an item bag. One item is hidden, and the weights of the others fall with
// their distance from it.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Tests.Fits;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class ItemBagSamplesTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Without_dropout_every_user_with_two_items_is_a_sample_once_an_epoch_with_one_item_hidden(
        Seed seed, bool hasSource, bool isTimed, byte batch, byte epoch)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        ItemBagFit fit = new(BatchSize: 1 + (batch % 15), Dropout: 0) { Recency = new Recency(0.7, 0.2) };
        List<Sample> samples = Epoch(markets, fit, epoch);
        int[][] histories = [.. markets.Histories.Where(history => history.Length > 1)];
        Assert.Equal(
            histories.Select(Key).Order(StringComparer.Ordinal),
            samples.Select(sample => Key([.. sample.Rows, sample.Target])).Order(StringComparer.Ordinal));
        foreach (Sample sample in samples)
        {
            Assert.DoesNotContain(sample.Target, sample.Rows);

            // Two users may have the same items in different orders.
            string key = Key([.. sample.Rows, sample.Target]);
            Assert.Contains(histories.Where(history => Key(history) == key), history => IsOf(history, sample));
        }

        bool IsOf(int[] history, Sample sample)
        {
            int hidden = Array.IndexOf(history, sample.Target);
            double[] weights = [.. sample.Rows.Select(item =>
                isTimed ? (0.8 * Math.Pow(0.7, Math.Abs(Array.IndexOf(history, item) - hidden) - 1)) + 0.2 : 1)];
            double root = Math.Sqrt(Math.Max(1, weights.Sum()));
            return history.Where(item => item != sample.Target).SequenceEqual(sample.Rows)
                && sample.Last.SequenceEqual(isTimed && hidden > 0 ? [history[hidden - 1]] : [])
                && weights.Zip(sample.Weights).All(pair => Math.Abs((pair.First / root) - pair.Second) < 1e-6);
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void With_dropout_a_sample_keeps_one_item_or_more_and_its_weights_are_those_of_the_items_kept(
        Seed seed, bool isTimed, byte dropout)
    {
        FitMarkets markets = new(seed.Value, isTimed: isTimed);
        ItemBagFit fit = new(BatchSize: 4, Dropout: dropout / 256.0) { Recency = new Recency(0.7, 0.2) };
        List<Sample> whole = Epoch(markets, fit with { Dropout = 0 }, 2), some = Epoch(markets, fit, 2);
        Assert.Equal(whole.Count, some.Count);
        foreach ((Sample all, Sample kept) in whole.Zip(some))
        {
            Assert.Equal(all.Target, kept.Target); // dropout does not change what is hidden
            Assert.NotEmpty(kept.Rows);
            Assert.Empty(kept.Rows.Except(all.Rows));
            Assert.True(kept.Last.Length == 0 || kept.Rows.Contains(kept.Last[0]));
            double[] own = [.. kept.Rows.Select(item => (double)all.Weights[Array.IndexOf(all.Rows, item)])];
            double scale = kept.Weights[0] / own[0];
            Assert.All(own.Zip(kept.Weights), pair => Assert.Equal(pair.First * scale, pair.Second, 1e-5));
        }
    }

    [Fact]
    public void Items_are_left_out_with_the_probability_of_the_fit_and_every_item_is_hidden_at_times()
    {
        FitMarkets markets = new(7);
        ItemBagFit fit = new(BatchSize: 5, Dropout: 0.3);
        double kept = 0, all = 0;
        HashSet<(int, string)> hidden = [];
        for (int epoch = 0; epoch < 300; epoch++)
        {
            List<Sample> whole = Epoch(markets, fit with { Dropout = 0 }, epoch);
            kept += Epoch(markets, fit, epoch).Sum(sample => sample.Rows.Length);
            all += whole.Sum(sample => sample.Rows.Length);
            hidden.UnionWith(whole.Select(sample => (sample.Target, Key([.. sample.Rows, sample.Target]))));
        }

        Assert.Equal(0.7, kept / all, 0.02);
        Assert.Equal(
            markets.Histories.Where(history => history.Length > 1)
                .SelectMany(history => history.Select(item => (item, Key(history)))).Order(),
            hidden.Order());
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void Draws_depend_on_the_epoch_and_not_on_the_batch_size(Seed seed, bool hasSource, byte batch)
    {
        FitMarkets markets = new(seed.Value, hasSource);
        ItemBagFit one = new(BatchSize: 1), other = new(BatchSize: 2 + (batch % 20));
        Assert.Equal(Texts(one, 3).Order(StringComparer.Ordinal), Texts(other, 3).Order(StringComparer.Ordinal));
        Assert.NotEqual(Texts(one, 3).Order(StringComparer.Ordinal), Texts(one, 4).Order(StringComparer.Ordinal));
        Assert.NotEqual(Texts(one, 3), Texts(one, 3).Order(StringComparer.Ordinal));

        IEnumerable<string> Texts(ItemBagFit fit, int epoch) => Epoch(markets, fit, epoch).Select(sample =>
            $"{Key([sample.Target])} {string.Join(' ', sample.Rows)} {string.Join(' ', sample.Weights)} {Key(sample.Last)}");
    }

    [Fact]
    public void Markets_without_a_user_of_two_items_are_refused_by_name()
    {
        Market market = Market.Prepare(
            TestMarkets.Ratings("jp", [new("a", "x", 5, 1), new("b", "y", 5, 1), new("b", "x", 0, 2)]), SplitRules.TrainOnAll);
        IReadOnlyList<PlacedMarket> placed = new MarketUnion([market]).Markets;
        string message = Assert.Throws<DataFormatException>(() =>
            new ItemBagSamples(placed, UserHistories.Of(placed, 2), new ItemBagFit(), RandomSequence.Named(1, "test"))).Message;
        Assert.Contains("jp: no user has two positives in training", message, StringComparison.Ordinal);
    }

    private static string Key(int[] items) => string.Join(',', items.Order());

    private static List<Sample> Epoch(FitMarkets markets, ItemBagFit fit, int epoch)
    {
        ItemBagSamples samples = new(
            markets.Markets, UserHistories.Of(markets.Markets, markets.Tables.Users), fit, RandomSequence.Named(9, "test"));
        samples.Begin(epoch);
        List<Sample> all = [];
        for (int batch = 0; batch < samples.Batches; batch++)
        {
            int market = samples.Make(batch);
            Assert.InRange(samples.Targets.Count, 1, fit.BatchSize);
            Assert.Equal((samples.Targets.Count + 1, samples.Rows.Count), (samples.Starts.Count, samples.Starts[^1]));
            Assert.Equal((samples.Targets.Count + 1, samples.LastRows.Count), (samples.LastStarts.Count, samples.LastStarts[^1]));
            for (int i = 0; i < samples.Targets.Count; i++)
            {
                Range rows = samples.Starts[i]..samples.Starts[i + 1], last = samples.LastStarts[i]..samples.LastStarts[i + 1];
                all.Add(new Sample(
                    samples.Items[market][samples.Targets[i]], samples.Rows.ToArray()[rows], samples.Weights.ToArray()[rows],
                    samples.LastRows.ToArray()[last]));
            }
        }

        return all;
    }

    private sealed record Sample(int Target, int[] Rows, Real[] Weights, int[] Last);
}
