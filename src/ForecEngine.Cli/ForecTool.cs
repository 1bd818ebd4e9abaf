// The tool as a function of its arguments and two writers, so that tests can run it like a user.

using System.Reflection;
using ForecEngine.Cli.Sweeps;
using ForecEngine.Cli.Tuning;
using ForecEngine.Cli.Verbs;

namespace ForecEngine.Cli;

/// <summary>The command-line tool.</summary>
public static class ForecTool
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongCommandLine = 2;

    private static readonly string[] s_help = ["--help", "-h"];

    /// <summary>Runs the tool.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives progress, and an error in one line.</param>
    /// <returns>The exit status: 0 for success, 1 for an error, 2 for a wrong command line.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        using Interruption interruption = new(args);
        return Run(args, output, error, interruption);
    }

    /// <summary>Runs the tool so that a signal can end it.</summary>
    internal static int Run(string[] args, TextWriter output, TextWriter error, Interruption interruption)
    {
        VisibleWriter lines = new(error);
        try
        {
            return Obey(args, output, error, interruption) ? Done : Failed;
        }
        catch (Exception exception)
        {
            lines.WriteLine($"forec: {(exception is OperationCanceledException ? interruption.Message() : Message(exception))}");
            return exception switch
            {
                OperationCanceledException => interruption.Status,
                CommandLineException => WrongCommandLine,
                _ => Failed,
            };
        }
    }

    /// <summary>The version of the tool.</summary>
    internal static string? Version =>
        typeof(ForecTool).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    private static bool Obey(string[] args, TextWriter output, TextWriter error, Interruption interruption)
    {
        switch (args)
        {
            case [] or ["--help" or "-h" or "help"]:
                Help(output).WriteOverview(VerbCatalog.All);
                return true;
            case ["completion", "--help" or "-h"] or ["help", "completion"]:
                Help(output).WriteCompletion();
                return true;
            case ["completion", var shell]:
                output.Write(CompletionScript.For(shell, VerbCatalog.All));
                return true;
            case ["completion", ..]:
                throw new CommandLineException("completion expects the name of a shell, bash or zsh");
            case ["--version"]:
                output.WriteLine($"forec {Version}");
                return true;
            case [TrialWorker.Word]:
                TrialWorker.Run(Console.In, output, interruption);
                return true;
            case [SweepWorker.Word]:
                SweepWorker.Run(Console.In, output, interruption);
                return true;
            case ["help", _] or ["help", _, _]:
                Help(output).WriteVerb(VerbCatalog.Find(string.Join(' ', args[1..])));
                return true;
        }

        (DeclaredVerb verb, string[] words) = VerbCatalog.Split(args);
        if (args.Intersect(s_help).Any())
        {
            Help(output).WriteVerb(verb);
            return true;
        }

        CommonArguments arguments = ArgumentParser.Parse(verb, words);
        bool quiet = arguments is ProgressArguments { Quiet: true };
        return verb.Run(arguments, new Terminal(output, error, quiet, tables: !JsonOutput.TakesStandardOutput(arguments), interruption));
    }

    // The names of the options for the settings that could be changed to avoid an error.
    private static string OptionsFor(IReadOnlyList<string> settings)
    {
        IEnumerable<DeclaredOption> options = VerbCatalog.Find("train").Options;
        string[] names = [.. options.Where(o => settings.Contains(o.Setting?.Split('.')[^1] ?? "")).Select(o => $"--{o.Name}")];
        return names.Length > 0 ? $" ({string.Join(", ", names)})" : "";
    }

    // The width of the terminal, limited because long lines are hard to read.
    private static HelpPage Help(TextWriter output)
    {
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        return new HelpPage(output, isTerminal ? Math.Clamp(Console.WindowWidth - 1, 40, 110) : 80);
    }

    // Any other exception is a defect of the tool. Its message has the place in the code, for a bug report.
    private static string Message(Exception exception)
    {
        string line = exception.Message.ReplaceLineEndings(" ");
        return exception switch
        {
            DivergedException => $"{line}; a smaller --learning-rate or --l2 may help",
            DataFormatException { Settings: var settings } => line + OptionsFor(settings),
            ForecException or DeviceException or IOException or UnauthorizedAccessException or ArithmeticException => line,
            OutOfMemoryException => "not enough memory; use fewer --negatives, or a smaller --batch-size, --embedding-dim or --layers",
            _ => $"this should not have happened: {exception.GetType().Name}: {line} {exception.StackTrace?.Split('\n')[0].Trim()}",
        };
    }
}
