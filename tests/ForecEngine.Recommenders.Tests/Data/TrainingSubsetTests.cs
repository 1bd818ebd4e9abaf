// A fraction of the training rows: how many are kept, that fractions are nested, and that nothing else of a market changes.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class TrainingSubsetTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void A_smaller_fraction_is_part_of_a_larger_one_and_has_its_share_of_the_rows(Seed seed, byte one, byte other)
    {
        Ratings ratings = TestMarkets.Random("jp", seed.Value);
        double[] fractions = [.. ((byte[])[one, other]).Select(part => (part + 1) / 256.0).Order()];
        Market whole = Market.Prepare(ratings), more = Part(fractions[1]), less = Part(fractions[0]);
        Assert.Equal(Kept(fractions[0]), less.TrainUsers.Length);
        Assert.Equal(Kept(fractions[1]), more.TrainUsers.Length);
        Assert.Subset(Rows(whole), Rows(more));
        Assert.Subset(Rows(more), Rows(less));
        foreach (Market market in (Market[])[more, less])
        {
            Assert.Equal(whole.Test.Select(row => (row.User, row.Item, row.Relevance)),
                market.Test.Select(row => (row.User, row.Item, row.Relevance)));
            Assert.Equal(whole.Valid.Select(row => (row.User, row.Item)), market.Valid.Select(row => (row.User, row.Item)));
            Assert.Equal((whole.PoolSize, whole.UsersWithRows), (market.PoolSize, market.UsersWithRows));
            foreach (Split split in (Split[])[Split.Valid, Split.Test])
            {
                Assert.Equal(Items(SampledCandidates.Draw(whole, split, seed.Value, 9)),
                    Items(SampledCandidates.Draw(market, split, seed.Value, 9)));
                Assert.Equal(Items(new AllCandidates(whole, split)), Items(new AllCandidates(market, split)));
            }

            for (int user = 0; user < market.UsersWithRows; user++)
            {
                Assert.Equal(whole.Seen(user).ToArray(), market.Seen(user).ToArray());
                Assert.Equal(whole.Trained(user).ToArray(),
                    market.Trained(user).ToArray().Concat(market.Withheld(user).ToArray()).Distinct().Order());
            }
        }

        Market Part(double fraction) => Market.Prepare(ratings, new SplitRules { TrainingFraction = fraction });
        int Kept(double fraction) => Math.Max(1, (int)Math.Round(whole.TrainUsers.Length * fraction));
    }

    [Fact]
    public void The_rows_depend_on_the_split_seed_and_those_left_out_are_unused()
    {
        Ratings ratings = TestMarkets.Random("jp", 1);
        Market half = Market.Prepare(ratings, new SplitRules { TrainingFraction = 0.5 });
        Market other = Market.Prepare(ratings, new SplitRules { TrainingFraction = 0.5, SplitSeed = 7 });
        Assert.NotEqual(half.TrainItems.ToArray(), other.TrainItems.ToArray());
        Assert.Equal(half.TrainUsers.Length, half.Splits.Count(RowSplit.Train));
        Assert.Equal(ratings.Count, half.TrainUsers.Length + half.Valid.Count + half.Test.Count + half.Splits.Count(RowSplit.LeftOut));
    }

    [Fact]
    public void Users_without_a_row_are_counted_in_a_note_and_still_evaluated()
    {
        Ratings ratings = TestMarkets.Random("jp", 3);
        Market market = Market.Prepare(ratings, new SplitRules { TrainingFraction = 0.02 });
        int without = Enumerable.Range(0, market.UsersWithRows).Count(user => market.Trained(user).IsEmpty);
        DataNote note = Assert.Single(market.Notes);
        Assert.Equal((NoteKind.UsersWithoutRows, without, market.UsersWithRows), (note.Kind, note.Count, note.Of));
        Assert.InRange(without, 1, market.UsersWithRows - 1);
        Assert.Equal(market.UsersWithRows, market.Test.Count);
    }

    [Fact]
    public void The_record_has_a_fraction_only_if_rows_are_left_out()
    {
        Experiment all = new() { Method = "gmf", Preset = "paper", Target = "jp" };
        Assert.Equal(all, all.Under(all.Protocol));
        Assert.DoesNotContain("training_fraction", all.ToJson(), StringComparison.Ordinal);
        Protocol half = all.Protocol with { Split = all.Protocol.Split with { TrainingFraction = 0.5 } };
        Experiment part = all.Under(half);
        Assert.Equal((0.5, SplitRules.DefaultSplitSeed), (part.TrainingFraction, part.SplitSeed));
        Assert.Equal(half, part.Protocol);
        Assert.Equal(part.ToJson(), Experiment.Parse(part.ToJson()).ToJson());
        Assert.Equal("training_fraction is 2", (part with { TrainingFraction = 2 }).Fault());
    }

    private static HashSet<(int User, int Item, float Label)> Rows(Market market) =>
        [.. Enumerable.Range(0, market.TrainUsers.Length)
            .Select(row => (market.TrainUsers[row], market.TrainItems[row], market.TrainLabels[row]))];

    private static IEnumerable<(int User, string Items)> Items(IReadOnlyList<CandidateList> lists) =>
        lists.Select(list => (list.User, string.Join(' ', list.Items)));
}
