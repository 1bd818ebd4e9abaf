// The named protocols are those of the papers; a request overrides single parts, and a record keeps them.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Tests.Data;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class ProtocolTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Names => [.. Protocol.Names];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Protocols_differ_from_that_of_the_paper_in_the_documented_parts()
    {
        Protocol paper = Protocol.Find("paper"), code = Protocol.Find("authors-code");
        Assert.Equal(new Protocol { Split = new() { MinimumRows = 7, EvaluateFrom = 7 } }, paper);
        Assert.Equal(
            paper with
            {
                Split = paper.Split with { HoldOut = HoldOut.LastRows },
                RedrawNegatives = false,
                NegativesExclude = NegativesExclude.All,
            },
            code);
        Assert.Equal(code with { RedrawNegatives = true }, Protocol.Find("ecir23"));
        Assert.Equal(
            paper with
            {
                Split = paper.Split with { Order = RowOrder.Random },
                CandidatePool = CandidatePool.AllMarkets,
                SourceRows = SourceRows.All,
            },
            Protocol.Find("acmr"));
        Assert.Equal(
            new Protocol { CandidatesFrom = CandidatesFrom.All, History = HistoryRows.TrainAndValid }, Protocol.Find("deploy"));
        Assert.Contains("no protocol is called 'best'; there are paper, authors-code, ecir23, acmr, deploy",
            Assert.Throws<ArgumentException>(() => Protocol.Find("best")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_has_the_parts_of_its_protocol_and_can_be_read_again(string name)
    {
        Protocol protocol = Protocol.Find(name);
        ExperimentData data = ExperimentData.Load(new DataRequest(Market("jp"), [Market("uk")]), protocol.In(new()), protocol);
        Experiment record = data.Record("nmf++", "tuned", protocol.In(Preset.Find("tuned")), protocol: name);
        Assert.Equal(protocol, record.Protocol);
        Experiment read = Experiment.Parse(record.ToJson());
        Assert.Equal((protocol, protocol, name), (read.Protocol, read.BaseProtocol, read.ProtocolName));
        Assert.Equal(record.ToJson(), read.ToJson());
    }

    [Fact]
    public void A_request_overrides_every_part()
    {
        DataRequest request = new(Market("jp"), [Market("uk")], HoldOut: HoldOut.LastRows, MinimumRows: 2, EvaluateFrom: 3,
            EvaluationNegatives: 5, CandidatesFrom: CandidatesFrom.All)
        {
            Order = RowOrder.Random,
            SplitSeed = 6,
            SourceRows = SourceRows.All,
            CandidatePool = CandidatePool.AllMarkets,
            History = HistoryRows.TrainAndValid,
        };
        Protocol all = new()
        {
            Split = new() { Order = RowOrder.Random, SplitSeed = 6, HoldOut = HoldOut.LastRows, MinimumRows = 2, EvaluateFrom = 3 },
            SourceRows = SourceRows.All,
            CandidatesFrom = CandidatesFrom.All,
            CandidatePool = CandidatePool.AllMarkets,
            EvaluationNegatives = 5,
            History = HistoryRows.TrainAndValid,
        };
        Assert.Equal(all, request.Over(Protocol.Find("paper")));
        Assert.Equal(all, ExperimentData.Load(request, new()).Record("nmf++", "paper").Protocol);
        Assert.Equal(Protocol.Find("acmr"), new DataRequest(Market("jp"), []).Over(Protocol.Find("acmr")));
    }

    [Fact]
    public void Sources_are_split_or_trained_on_as_a_whole()
    {
        DataRequest request = new(Market("jp"), [Market("uk")]);
        Assert.Equal([7, 7], Trained(request));
        Assert.Equal([7, 9 + 2], Trained(request with { SourceRows = SourceRows.All }));

        // Users with few rows are left out of a market that is split.
        Assert.Equal([7, 7], Trained(request with { MinimumRows = 7 }));

        int[] Trained(DataRequest request) =>
            [.. ExperimentData.Load(request, new(), Protocol.Find("paper")).Markets.Select(market => market.TrainUsers.Length)];
    }

    [Fact]
    public void The_pool_does_not_depend_on_the_order_of_the_sources_and_has_items_that_sel_leaves_out()
    {
        DataRequest request = new(Market("jp"), [Market("uk"), Market("de")]) { CandidatePool = CandidatePool.AllMarkets };
        string[] pool = Pool(request, new());
        Assert.Equal(["i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "jp", "de", "uk"], pool);
        Assert.Equal(pool, Pool(request with { Sources = [.. request.Sources.Reverse()] }, new()));
        Assert.Equal(pool, Pool(request, new() { Samples = new() { Sampling = Sampling.Sel } }));
        Assert.Contains("no other market is named",
            Assert.Throws<DataFormatException>(() => Pool(request with { Sources = [] }, new())).Message, StringComparison.Ordinal);

        static string[] Pool(DataRequest request, TrainingSettings settings)
        {
            Market target = ExperimentData.Load(request, settings).Markets[0];
            return [.. Enumerable.Range(0, target.CandidatePoolSize).Select(target.Items.Text)];
        }
    }

    [Fact]
    public void A_market_without_times_can_be_split_at_random()
    {
        File.WriteAllLines(_directory["undated"],
            Enumerable.Range(0, 9).Select(i => $"u\ti{i}\t5").Prepend("userId\titemId\trating"));
        MarketFiles undated = new("undated", [_directory["undated"]]);
        DataRequest request = new(undated, [undated with { Market = "source" }]) { Order = RowOrder.Random };
        Assert.Equal(
            [(7, 1, 1), (7, 1, 1)],
            ExperimentData.Load(request, new()).Markets
                .Select(market => (market.TrainUsers.Length, market.Valid.Count, market.Test.Count)));
        DataFormatException refused =
            Assert.Throws<DataFormatException>(() => ExperimentData.Load(new DataRequest(undated, []), new()));
        Assert.Contains(nameof(SplitRules.Order), refused.Settings);
    }

    // A user with nine rows, and one with two rows, one of them of an item that no other market has.
    private MarketFiles Market(string name)
    {
        Row[] rows =
        [
            .. Enumerable.Range(0, 9).Select(i => new Row("many", $"i{i}", 5, i * 86400L)),
            new("few", "i0", 5, 0), new("few", name, 5, 1),
        ];
        File.WriteAllText(_directory[name], RatingsText.Of("xmarket", rows));
        return new MarketFiles(name, [_directory[name]]);
    }
}
