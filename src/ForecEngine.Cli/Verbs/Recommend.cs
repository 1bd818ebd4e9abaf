// forec recommend: writes lists of recommended items.

using System.Diagnostics;
using ForecEngine.Recommenders.Scoring;

namespace ForecEngine.Cli.Verbs;

internal static class Recommend
{
    private const int DefaultTop = 10;
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(5);

    public static void Run(RecommendArguments arguments, Terminal terminal)
    {
        ListFormat format = OptionValue.OneOf("--format", arguments.Format, ListFormat.Csv);
        int top = OptionValue.AtLeast("--top", arguments.Top, 1) ?? DefaultTop;
        IReadOnlyList<IReadOnlyList<string>> newCustomers = [.. arguments.Items.Select(items => CsvFields.Read("--items", items))];
        if (format == ListFormat.Parquet && arguments.Out is null)
            throw new CommandLineException("--format: parquet cannot be written to standard output; name a file with --out");
        if (arguments.Out is null && JsonOutput.TakesStandardOutput(arguments))
            throw new CommandLineException("--json: the lists go to standard output; name a file for them with --out, or one for --json");

        // The small files first, so that their errors are reported at once.
        ListRequest request = new()
        {
            Users = [.. arguments.User, .. arguments.Users is { } file ? IdFile.Read(file) : []],
            NewCustomers = newCustomers,
            Most = top,
            OnlyItems = arguments.OnlyItems is { } only ? IdFile.Read(only) : null,
            IncludeSeen = arguments.IncludeSeen,
        };
        JsonOutput json = new(arguments, terminal);
        if (arguments.Out is { } path)
            AtomicFile.Probe(path);
        using IDevice device = DeviceChoice.Create(arguments);
        Recommendation recommendation = Prepare(arguments, request, device, terminal);
        long start = Stopwatch.GetTimestamp();
        if (arguments.Out is { } target)
            terminal.Interruption.Saving(stop => Write(target, Lists(stop), recommendation, format));
        else
            Print(Lists(CancellationToken.None), recommendation, format, terminal);
        Tell(recommendation, terminal, Stopwatch.GetElapsedTime(start).TotalSeconds);
        json.Write(() => ToJson(arguments, recommendation, Stopwatch.GetElapsedTime(start).TotalSeconds));

        IEnumerable<TopList> Lists(CancellationToken stop) =>
            Followed(recommendation.Make(DeviceChoice.Threads(arguments)), recommendation, terminal, stop);
    }

    // Returns the number of lists. If it is stopped, no file is left.
    private static int Write(string path, IEnumerable<TopList> lists, Recommendation recommendation, ListFormat format)
    {
        AtomicFile.Write(path, stream => ListFile.Write(stream, format, lists, recommendation.Item));
        return recommendation.Lists;
    }

    private static void Print(IEnumerable<TopList> lists, Recommendation recommendation, ListFormat format, Terminal terminal)
    {
        // Ids may contain control characters, which a terminal would act on.
        Func<string, string> shown = StandardOutput.IsTerminal(terminal.Data) ? VisibleText.Of : id => id;
        lists = lists.Select(list => list with { User = shown(list.User) });
        StandardOutput.Write(terminal.Data, text => ListFile.Write(text, format, lists, item => shown(recommendation.Item(item))));
    }

    private static Recommendation Prepare(RecommendArguments arguments, ListRequest request, IDevice device, Terminal terminal)
    {
        TrainedModel trained = TrainedModel.LoadToScore(arguments.Model, device);
        MarketFiles target = Target(arguments, trained);
        if (!trained.NeedsData && arguments.Source.Count > 0)
            throw new CommandLineException("--source has no effect: the checkpoint has its ids beside it, so the sources are not read");
        if (trained.NeedsData)
            trained.Prepare(trained.Read(new DataRequest(target, MarketChoice.Several("--source", arguments.Source, arguments))));
        terminal.Announce($"reading {string.Join(", ", target.Files)}");
        Ratings rows = RatingsReader.Read(target.Market, target.Files, target.Columns);
        return new Recommendation(trained, rows, request, Further(arguments, trained, target));
    }

    // The rows of --target may be recent purchases only. Items of the run's own rows can be recommended too.
    private static IdTable? Further(RecommendArguments arguments, TrainedModel trained, MarketFiles target) =>
        arguments.Target is not null && target.Market == trained.Target && RunRows(arguments) is { } rows
            ? RatingsReader.Read(target.Market, [rows]).Items
            : null;

    private static string? RunRows(RecommendArguments arguments) =>
        RunDirectory.RowsPath(RunDirectory.ModelPath(arguments.Model)) is { } rows && File.Exists(rows) ? rows : null;

    // The rows named on the command line, or those stored by the run.
    private static MarketFiles Target(RecommendArguments arguments, TrainedModel trained)
    {
        if (arguments.Target is { } given)
            return MarketChoice.One("--target", given, arguments);
        if (arguments.Columns.Count > 0)
            throw new CommandLineException("--columns needs --target, whose columns it names");
        return RunRows(arguments) is { } rows && trained.Target is { } market
            ? new MarketFiles(market, [rows])
            : throw new CommandLineException(
                $"--target: {arguments.Model} has no rows.tsv beside it; name the market's rows: --target NAME=FILE");
    }

    // A line on standard error every few seconds.
    private static IEnumerable<TopList> Followed(
        IEnumerable<TopList> lists, Recommendation recommendation, Terminal terminal, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp(), said = start;
        int made = 0;
        foreach (TopList list in lists)
        {
            stop.ThrowIfCancellationRequested();
            yield return list;
            made++;
            if (Stopwatch.GetElapsedTime(said) < s_betweenLines)
                continue;
            said = Stopwatch.GetTimestamp();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, left = seconds / made * (recommendation.Users - made);
            terminal.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{made:N0} of {Counted.Of(recommendation.Users, "list")}, {made / seconds:N0} lists/s, about {left:F0} s left"));
        }
    }

    private static void Tell(Recommendation recommendation, Terminal terminal, double seconds)
    {
        terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(recommendation.Lists, "list")} from {Counted.Of(recommendation.Items, "item")} in {seconds:F1} s"));
        Count(recommendation.FoldedIn, "of them folded in: customers that the model has no row for");
        Count(recommendation.WithoutKnownItems, "without a list: customers without any item that the model knows");
        Count(recommendation.NothingLeft, "without a list: customers who have every item that could be recommended");
        Count(recommendation.ItemsWithoutRow, "items of the rows never recommended: the model has no row for them");
        Count(recommendation.UnknownOnlyItems, "items of --only-items unknown");
        Count(recommendation.UnknownNewItems, "items of --items unknown");

        void Count(int number, string what)
        {
            if (number > 0)
                terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}"));
        }
    }

    private static JsonObject ToJson(RecommendArguments arguments, Recommendation recommendation, double seconds) => new()
    {
        ["schema"] = "forec.recommendation/1",
        ["model"] = arguments.Model,
        ["users"] = recommendation.Users,
        ["items"] = recommendation.Items,
        ["lists"] = recommendation.Lists,
        ["folded_in"] = recommendation.FoldedIn,
        ["without_known_items"] = recommendation.WithoutKnownItems,
        ["nothing_left"] = recommendation.NothingLeft,
        ["items_without_row"] = recommendation.ItemsWithoutRow,
        ["unknown_only_items"] = recommendation.UnknownOnlyItems,
        ["unknown_new_items"] = recommendation.UnknownNewItems,
        ["seconds"] = seconds,
    };
}
