// The samples to which a model adapts before scoring, and the users that are then left out of validation.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Adaptation;

public sealed class SupportSetTests : IDisposable
{
    private static readonly MetaLearningSettings s_settings = new() { SupportSize = 20 };

    private readonly ScalarDevice _device = new();
    private readonly PlacedMarket _market;
    private readonly IReadOnlyList<CandidateList> _valid;

    public SupportSetTests()
    {
        _market = new MarketUnion([TestMarkets.Prepared("de", 1), TestMarkets.Prepared("jp", 1, users: 40)]).Place("jp");
        _valid = [.. SampledCandidates.Draw(_market.Market, Split.Valid, 1, 15)];
    }

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(AdaptOn.Valid)]
    [InlineData(AdaptOn.ValidHeldOut)]
    public void A_support_set_of_validation_holds_candidates_with_their_labels_each_at_most_once(AdaptOn adaptOn)
    {
        (int, int, Real)[] support = Drawn(s_settings with { AdaptOn = adaptOn }, seed: 1);
        (int, int, Real)[] candidates =
        [
            .. _valid.SelectMany(list => list.Items.Select((item, place) =>
                (_market.UserRows[list.User], _market.ItemRows[item], (Real)list.Relevance[place]))),
        ];
        Assert.Equal(20, support.Length);
        Assert.All(support, sample => Assert.Contains(sample, candidates));
        Assert.Equal(support.Length, support.Distinct().Count());
        Assert.Equal(support, Drawn(s_settings with { AdaptOn = adaptOn }, seed: 1));
        Assert.NotEqual(support, Drawn(s_settings with { AdaptOn = adaptOn }, seed: 2));
    }

    [Fact]
    public void A_support_set_of_all_candidates_has_one_positive_per_user()
    {
        int all = _valid.Sum(list => list.Items.Length);
        (int, int, Real Label)[] shots = Drawn(s_settings with { AdaptOn = AdaptOn.Valid, SupportSize = all }, seed: 1);
        Assert.Equal(_valid.Sum(list => list.Relevance.Sum()), shots.Sum(shot => shot.Label));
    }

    [Fact]
    public void A_support_set_of_validation_has_no_other_training_items_and_no_test_items_if_negatives_exclude_all_rows()
    {
        IReadOnlyList<CandidateList> lists = [.. SampledCandidates.ForShots(_market.Market, 1, 15, NegativesExclude.Training)];
        Assert.All(lists, list =>
        {
            Assert.Equal(16, list.Items.Distinct().Count());
            Assert.Empty(list.Items.Skip(1).Intersect(_market.Market.Trained(list.User).ToArray()));
        });
        Assert.Contains(lists, list => list.Items.Contains(_market.Market.Test[list.User].Item));
        Assert.Equal(_valid.Select(list => list.Items),
            SampledCandidates.ForShots(_market.Market, 1, 15, NegativesExclude.All).Select(list => list.Items));
    }

    [Fact]
    public void A_support_set_of_training_samples_removes_nobody_from_validation()
    {
        MetaLearningSettings settings = s_settings with { AdaptOn = AdaptOn.Train };
        HashSet<(int, int)> rows = [];
        for (int row = 0; row < _market.Market.TrainUsers.Length; row++)
            rows.Add((_market.UserRows[_market.Market.TrainUsers[row]], _market.ItemRows[_market.Market.TrainItems[row]]));
        Assert.All(Drawn(settings, seed: 1).Where(shot => shot.Item3 > 0), shot => Assert.Contains((shot.Item1, shot.Item2), rows));
        Assert.Equal(_valid, new SupportSet(_market, _valid, Fit(settings), 1).Unseen(_valid));
        Assert.Equal(Drawn(settings, seed: 1), Drawn(s_settings with { AdaptOn = AdaptOn.ValidHeldOut }, seed: 1, []));
    }

    [Fact]
    public void A_support_set_larger_than_the_training_samples_has_all_of_them()
    {
        (int, int, Real Label)[] shots = Drawn(s_settings with { AdaptOn = AdaptOn.Train, SupportSize = 1_000_000 }, seed: 1);
        int positives = _market.Market.TrainLabels.ToArray().Count(label => label > 0);
        Assert.Equal(positives, shots.Count(shot => shot.Label > 0));
        Assert.Equal(_market.Market.TrainLabels.Length + (positives * new SampleSettings().Negatives), shots.Length);
    }

    [Fact]
    public void Validation_leaves_out_exactly_the_users_of_a_held_out_support_set()
    {
        MetaLearningSettings settings = s_settings with { AdaptOn = AdaptOn.ValidHeldOut };
        int[] users = [.. Drawn(settings, seed: 1).Select(shot => shot.Item1).Distinct().Order()];
        IReadOnlyList<CandidateList> unseen = new SupportSet(_market, _valid, Fit(settings), 1).Unseen(_valid);
        Assert.Equal(users, _valid.Except(unseen).Select(list => _market.UserRows[list.User]).Order());
        Assert.Equal(_valid, new SupportSet(_market, _valid, Fit(settings with { AdaptOn = AdaptOn.Valid }), 1).Unseen(_valid));
    }

    [Fact]
    public void A_support_set_larger_than_the_validation_candidates_is_refused_and_the_error_names_the_market_and_both_numbers()
    {
        int all = _valid.Sum(list => list.Items.Length);
        Refused(
            $"jp: {all + 1} shots are more than its {all} validation candidates",
            s_settings with { AdaptOn = AdaptOn.Valid, SupportSize = all + 1 });
        Refused($"jp: {all} shots belong to all 40 users", s_settings with { AdaptOn = AdaptOn.ValidHeldOut, SupportSize = all });

        void Refused(string why, MetaLearningSettings settings) => Assert.StartsWith(
            why, Assert.Throws<DataFormatException>(() => new SupportSet(_market, _valid, Fit(settings), 1)).Message,
            StringComparison.Ordinal);
    }

    private static MetaFit Fit(MetaLearningSettings settings) =>
        new(new(), new Initialisers.SameModel(), 0.01, new(), new(), settings);

    private (int User, int Item, Real Label)[] Drawn(MetaLearningSettings settings, ulong seed, IReadOnlyList<CandidateList>? valid = null)
    {
        Minibatch batch = new SupportSet(_market, valid ?? _valid, Fit(settings), seed).ToMinibatch(_device);
        (int[] users, int[] items, Real[] labels) =
            (batch.Users.Values.Span.ToArray(), batch.Items.Values.Span.ToArray(), batch.Labels.Values.Span.ToArray());
        return [.. Enumerable.Range(0, users.Length).Select(i => (users[i], items[i], labels[i]))];
    }
}
