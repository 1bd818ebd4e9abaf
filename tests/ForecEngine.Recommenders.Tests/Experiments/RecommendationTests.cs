// A recommendation list is the head of all eligible items sorted by the scores of evaluation.

using System.Globalization;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class RecommendationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SimdDevice _device = new(2);

    public static TheoryData<string> Methods => [.. PlanCatalog.Methods];

    public void Dispose()
    {
        _device.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Lists_of_every_method_are_the_first_items_of_a_sort_by_the_scores_of_evaluation(string method)
    {
        (string run, DataRequest request) = Train(method);
        TrainedModel trained = TrainedModel.LoadToScore(run, _device);
        Assert.False(trained.NeedsData);
        Ratings rows = Rows(run, trained);
        Recommendation recommendation = new(trained, rows, new ListRequest { Most = 6 });
        Dictionary<string, TopList> lists = recommendation.Make(threads: 2).ToDictionary(list => list.User);
        Assert.Equal(Enumerable.Range(0, rows.Users.Count).Select(rows.Users.Text), lists.Keys);

        // The same as evaluate does with a list of all items.
        TrainedModel evaluated = TrainedModel.Load(RunDirectory.ModelPath(run), _device);
        ExperimentData data = evaluated.Read(request with { Sources = [] });
        Market market = data.Markets[0];
        int[] items = [.. Enumerable.Range(0, market.PoolSize)];
        float[] none = new float[items.Length];
        CandidateList[] all = [.. Enumerable.Range(0, market.Users.Count).Select(user => new CandidateList(user, items, none, [("", 1)]))];
        RankedLists ranked = evaluated.Rank(data with { Candidates = all }, Split.Test, null, new Ranker(Metric.Default, 1));
        int[] ranks = market.Items.Ranks();
        for (int user = 0; user < all.Length; user++)
        {
            HashSet<int> seen = [.. market.Seen(user)];
            IEnumerable<int> best = Ranker.Order(ranked.Scores[user], items, ranks).Where(item => !seen.Contains(item)).Take(6);
            Assert.Equal(
                best.Select(item => (market.Items.Text(item), ranked.Scores[user][item])),
                lists[market.Users.Text(user)].Items.Select(scored => (recommendation.Item(scored.Item), scored.Score)));
        }
    }

    [Fact]
    public void A_meta_learned_checkpoint_without_an_adapted_one_is_adapted_and_gives_the_same_lists()
    {
        (string run, DataRequest request) = Train("maml");
        TrainedModel trained = TrainedModel.LoadToScore(run, _device);
        Ratings rows = Rows(run, trained);
        string expected = Text(new Recommendation(trained, rows, new ListRequest()));
        File.Delete(Path.Combine(run, "adapted.safetensors"));
        TrainedModel bare = TrainedModel.LoadToScore(run, _device);
        Assert.True(bare.NeedsData);
        bare.Prepare(bare.Read(request));
        Assert.Equal(expected, Text(new Recommendation(bare, rows, new ListRequest())));
    }

    [Fact]
    public void A_checkpoint_without_ids_gives_the_same_lists_with_its_training_data()
    {
        (string run, DataRequest request) = Train("nmf++");
        TrainedModel trained = TrainedModel.LoadToScore(run, _device);
        Ratings rows = Rows(run, trained);
        string expected = Text(new Recommendation(trained, rows, new ListRequest()));
        File.Delete(Path.Combine(run, "model.ids.tsv"));
        TrainedModel bare = TrainedModel.LoadToScore(run, _device);
        Assert.True(bare.NeedsData);
        bare.Prepare(bare.Read(request));
        Assert.Equal(expected, Text(new Recommendation(bare, rows, new ListRequest())));
    }

    [Fact]
    public void A_new_user_in_the_data_and_one_in_a_history_file_with_the_same_items_get_the_same_list()
    {
        (string run, _) = Train("nmf");
        TrainedModel trained = TrainedModel.LoadToScore(run, _device);
        Ratings rows = Rows(run, trained);
        string[] items = [.. Enumerable.Range(0, 5).Select(rows.Items.Text)];
        Row[] fresh5 = [.. items.Select((item, i) => new Row("fresh", item, 5, i)), new Row("fresh", "unknown", 5, 9)];
        Ratings more = TestMarkets.Ratings("jp", [.. AllRows(rows), .. fresh5, new Row("odd", "unknown", 5, 1)]);
        Recommendation everybody = new(trained, more, new ListRequest { Most = 8 });
        TopList[] lists = [.. everybody.Make(threads: 2)];
        TopList fresh = lists.Single(list => list.User == "fresh");
        Assert.Equal((1, 1, 1), (everybody.FoldedIn, everybody.WithoutKnownItems, everybody.ItemsWithoutRow));
        Assert.Equal(more.Users.Count - 1, everybody.Lists);
        Assert.DoesNotContain(fresh.Items, scored => items.Contains(everybody.Item(scored.Item)));

        ListRequest twoStrangers = new() { Most = 8, NewCustomers = [["shared2"], [.. items.Reverse(), items[0], "unknown"]] };
        Recommendation strangers = new(trained, more, twoStrangers);
        TopList[] made = [.. strangers.Make(threads: 1)];
        Assert.Equal(["items:1", "items:2"], made.Select(list => list.User));
        Assert.Equal(fresh.Items, made[1].Items);
        Assert.Equal((2, 1), (strangers.FoldedIn, strangers.UnknownNewItems));
    }

    [Fact]
    public void Lists_respect_the_requested_items_and_the_choice_about_seen_ones()
    {
        (string run, _) = Train("nmf++");
        TrainedModel trained = TrainedModel.LoadToScore(run, _device);
        Ratings rows = Rows(run, trained);
        string user = rows.Users.Text(3), own = rows.Items.Text(rows.ItemOf[Array.IndexOf(rows.UserOf, 3)]);
        IEnumerable<string> ofUk = Enumerable.Range(0, 30).Select(i => $"uk{i}");
        string foreign = ofUk.First(id => trained.Ids.ItemRow(id) >= 0 && !rows.Items.TryFind(id, out _));
        ListRequest request = new() { Users = [user, user], OnlyItems = [own, foreign, "unknown", own] };
        Recommendation without = new(trained, rows, request), with = new(trained, rows, request with { IncludeSeen = true });
        Assert.Equal([foreign], Assert.Single(without.Make(1)).Items.Select(scored => without.Item(scored.Item)));
        HashSet<string> listed = [.. Assert.Single(with.Make(1)).Items.Select(scored => with.Item(scored.Item))];
        HashSet<string> expected = [own, foreign];
        Assert.Equal(expected, listed);
        Assert.Equal((2, 1), (with.Items, with.UnknownOnlyItems));

        Recommendation nothing = new(trained, rows, request with { OnlyItems = [own] });
        Assert.Empty(Assert.Single(nothing.Make(1)).Items);
        Assert.Equal((0, 1), (nothing.Lists, nothing.NothingLeft));
    }

    [Fact]
    public void New_rows_add_to_the_items_seen_at_training()
    {
        (string run, _) = Train("nmf");
        TrainedModel trained = TrainedModel.LoadToScore(run, _device);
        Ratings rows = Rows(run, trained);
        Ratings today = TestMarkets.Ratings("jp", new Row("fresh", rows.Items.Text(2), 5, 1), new Row("fresh", "unknown", 5, 2));
        Assert.Empty(Assert.Single(new Recommendation(trained, today, new ListRequest()).Make(1)).Items);
        Recommendation further = new(trained, today, new ListRequest { Most = 100 }, rows.Items);
        Assert.Equal(rows.Items.Count - 1, Assert.Single(further.Make(1)).Items.Count);
        Assert.Equal((rows.Items.Count, 1), (further.Items, further.ItemsWithoutRow));
    }

    [Fact]
    public void Users_and_items_unknown_to_the_model_are_reported()
    {
        (string run, _) = Train("nmf");
        TrainedModel trained = TrainedModel.LoadToScore(run, _device);
        Ratings rows = Rows(run, trained);
        Told("jp: user nobody is neither in the rows nor in the model", rows, new ListRequest { Users = ["u1", "nobody"] });
        Told("jp: the model knows none of the items x, y", rows, new ListRequest { NewCustomers = [["x", "y"]] });
        Told("jp: the model knows none of the 2 items to recommend", rows, new ListRequest { OnlyItems = ["x", "y"] });
        Told("fr: the model was not trained on this market; it knows jp", rows with { Market = "fr" }, new ListRequest());
        Told("jp: the model knows none of its 1 items", TestMarkets.Ratings("jp", new Row("u", "x", 1, 1)), new ListRequest());

        void Told(string message, Ratings target, ListRequest request) =>
            Assert.Equal(message, Assert.Throws<DataFormatException>(() => new Recommendation(trained, target, request)).Message);
    }

    private static Ratings Rows(string run, TrainedModel trained) =>
        RatingsReader.Read(trained.Target ?? "", [Path.Combine(run, "rows.tsv")]);

    private static IEnumerable<Row> AllRows(Ratings ratings) => Enumerable.Range(0, ratings.Count).Select(
        row => new Row(ratings.Users.Text(ratings.UserOf[row]), ratings.Items.Text(ratings.ItemOf[row]), ratings.Rating[row], row));

    private static string Text(Recommendation recommendation)
    {
        using StringWriter text = new();
        ListFile.Write(text, ListFormat.Csv, recommendation.Make(threads: 2), recommendation.Item);
        return text.ToString();
    }

    private (string Run, DataRequest Request) Train(string method)
    {
        foreach (string name in (string[])["jp", "uk"])
            WriteMarket(name);
        MarketFiles[] sources = PlanCatalog.Find(method).NeedsSources ? [MarketFiles.Find("uk", _directory.Root)] : [];
        DataRequest request = new(MarketFiles.Find("jp", _directory.Root), sources);
        TrainingSettings options = new()
        {
            Gradient = new() { Epochs = 2 },
            Samples = new() { BatchSize = 256 },
            Model = new() { Ddtcdr = new() { Alpha = 0.4 } },
        };
        ExperimentData data = ExperimentData.Load(request, options, Preset.ProtocolOf("paper"));
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = "jp",
            Sources = [.. request.Sources.Select(source => source.Market)],
            Settings = options,
            MinimumRows = data.Protocol.Split.MinimumRows,
            Digests = data.Digests,
            EvaluationNegatives = 15,
        };
        ExperimentOutcome outcome = new ExperimentRunner(_device).Run(experiment, data.Markets, null, Metric.Default);
        using (RunDirectory run = RunDirectory.Open(_directory["run"]))
            run.Write(outcome, data.TargetRows, ResultFile.ToJson(outcome, _device, 1, 0), trec: false);
        return (_directory["run"], request);
    }

    private void WriteMarket(string name)
    {
        Ratings ratings = TestMarkets.Random(name, 1);
        IEnumerable<string> rows = AllRows(ratings).Select(
            row => string.Create(CultureInfo.InvariantCulture, $"{row.User} {row.Item} {row.Rating} {row.Time}"));
        File.WriteAllLines(_directory[$"{name}.txt"], rows.Prepend("userId itemId rate date"));
    }
}
