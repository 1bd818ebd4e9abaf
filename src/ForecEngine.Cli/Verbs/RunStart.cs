// How train treats files in --out: they are replaced only on request, and a run resumes only from its own checkpoints.

namespace ForecEngine.Cli.Verbs;

internal static class RunStart
{
    private const int MostDifferences = 5;

    /// <summary>Tells how to continue a training that a signal ends.</summary>
    public static string HowToContinue(IStageOptions arguments, StageStore? stages, Interruption interruption) =>
        arguments.Out is null ? "without --out nothing is saved"
        : (stages?.LastCheckpoint is null ? "there is no checkpoint yet; start again" : "continue")
            + $" with: {interruption.Command("--resume")}";

    /// <summary>Fails, before any data are read, if the directory holds a run and neither --force nor --resume is given.</summary>
    public static void Require(IStageOptions arguments, RunDirectory? directory)
    {
        if (!arguments.Resume)
            arguments.RequireFree(directory, ", --resume continues it if this is the same experiment");
    }

    /// <summary>With --resume: returns the result of a finished run, or reports whether there is a checkpoint to resume from.</summary>
    /// <returns>The result, or null if something remains to be trained; the experiment then has the arithmetic of both devices.</returns>
    public static JsonObject? Resume(
        IStageOptions arguments, RunDirectory directory, ref Experiment experiment, IDevice device, IReadOnlyList<Metric> metrics,
        Terminal terminal)
    {
        string began = directory.Arithmetic() ?? experiment.Arithmetic;
        Experiment there = experiment with { Arithmetic = began };
        if (directory.Finished(there, metrics, arguments.Trec, arguments.SaveCandidates) is { } finished)
        {
            terminal.Say($"{arguments.Out}: this run has finished; its result:");
            return finished;
        }

        Experiment resumed = experiment.ResumedOn(device, began);
        switch (directory.Unfinished(there))
        {
            case []:
                if (resumed.Arithmetic != began)
                    terminal.Warn($"--resume: {arguments.Out} was trained on {began} until now and continues on {device.Name}; "
                        + "its bits will differ from those of a run on one device");
                experiment = resumed;
                break;
            case null when directory.Present().Count == 0:
                terminal.Warn($"--resume: {arguments.Out} has no checkpoint; training starts from the beginning");
                break;
            case null when directory.Differences(there) is { Count: > 0 } differences:
                Replace(differences, "holds another run");
                break;
            case null:
                terminal.Warn($"--resume: {arguments.Out} has neither all files of this run nor checkpoints; "
                    + "training starts from the beginning");
                break;
            case { } differences:
                Replace(differences, "has the stages of another run");
                break;
        }

        return null;

        void Replace(IReadOnlyList<string> differences, string holds)
        {
            int more = differences.Count - MostDifferences;
            string told = string.Join("; ", differences.Take(MostDifferences)) + (more > 0 ? $"; and {more} more" : "");
            string problem = $"--resume: {arguments.Out} {holds} ({told})";
            if (!arguments.Force)
                throw new IOException($"{problem}; --force replaces that run");
            terminal.Warn($"{problem}; equal stages are reused, the others are replaced");
        }
    }
}
