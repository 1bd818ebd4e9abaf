// The options of tune.

using ForecEngine.Cli.Tuning;

namespace ForecEngine.Cli.Options;

[Verb("tune", First = "space",
    HelpText = "Search for the settings that are best on validation, and write them as a preset.",
    Example = "tune space.json --data xmarket --trials 20 --out runs/tune")]
internal sealed class TuneArguments : ProgressArguments, IMarketOptions, IDeviceOptions
{
    [Option("space", OptionGroup.Input, Required = true, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "The options to search with their ranges, and the methods, markets and seeds over which the score is a mean. As the "
            + "first argument, the file needs no --space.")]
    public string Space { get; set; } = "";

    [Option("trials", OptionGroup.Input, MetaValue = "N", Default = "the file's, else 20", HelpText = "The number of trials.")]
    public string? Trials { get; set; }

    [Option("search", OptionGroup.Input, ValuesOf = typeof(SearchKind), Default = "the file's, else random",
        HelpText = "random trains every trial in full; successive-halving begins all with few epochs, seeds or targets and continues "
            + "the best.")]
    public string? Search { get; set; }

    [Option("seed", OptionGroup.Input, MetaValue = "N", Default = "42",
        HelpText = "The seed of the trials. Trainings have the seeds of the file.")]
    public string? Seed { get; set; }
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("jobs", OptionGroup.Machine, MetaValue = "N", Default = "as many as the cores allow",
        HelpText = "How many trainings run at once, each in a process. No result depends on it.")]
    public string? Jobs { get; set; }
    public string Device { get; set; } = "cpu";

    [Option("threads", OptionGroup.Machine, MetaValue = "N", Default = "1", HelpText = "The threads of each training.")]
    public string? Threads { get; set; }

    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder of preset.json and of the trials. The same command again continues a search that was stopped or killed.")]
    public string Out { get; set; } = "";

    [Option("resume", OptionGroup.Output, HelpText = "Continue the search in --out, as the same command without this option does; "
        + "a line says so if there is none.")]
    public bool Resume { get; set; }

    [Option("force", OptionGroup.Output, HelpText = "Replace another search in --out; its trainings that this one needs too are kept.")]
    public bool Force { get; set; }

    /// <summary>The threads of a training; null for the scalar device, which has one.</summary>
    internal int? TrialThreads => IsScalar && Threads is null ? null : OptionValue.Between("--threads", Threads, 1, 1024) ?? 1;

    /// <summary>The device if its numbers differ from those of the host's processor; otherwise null.</summary>
    internal string? Arithmetic => IsScalar || Device.Equals("cpu", StringComparison.OrdinalIgnoreCase) ? null : Device.ToLowerInvariant();

    private bool IsScalar => Device.Equals("scalar", StringComparison.OrdinalIgnoreCase);
}
