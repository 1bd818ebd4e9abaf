// The tool as a function of its arguments and two writers, so that tests run it as a user does.

using System.Reflection;
using CommandLine;
using CommandLine.Text;
using ForecEngine.Checkpoints;
using ForecEngine.Cli.Options;
using ForecEngine.Cli.Verbs;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli;

/// <summary>The command-line tool.</summary>
public static class ForecTool
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongCommandLine = 2;

    /// <summary>Runs the tool.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress, and what went wrong, in one line.</param>
    /// <returns>The exit status: 0 done, 1 an error, 2 a wrong command line.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        using Parser parser = new(settings =>
        {
            settings.HelpWriter = null;
            settings.CaseInsensitiveEnumValues = true;
            settings.ParsingCulture = System.Globalization.CultureInfo.InvariantCulture;
        });
        ParserResult<object> parsed = parser.ParseArguments(
            args, typeof(TrainArguments), typeof(ProfileArguments), typeof(EvaluateArguments), typeof(AdaptArguments), typeof(StatsArguments), typeof(GenerateArguments),
            typeof(DevicesArguments), typeof(GradcheckArguments), typeof(DemoArguments));
        if (parsed is NotParsed<object> wrong)
            return Explain(wrong, args, output, error);
        try
        {
            CommonArguments arguments = (CommonArguments)parsed.Value;
            RequireValues(arguments);
            return RunVerb(arguments, new Terminal(output, error, arguments.Quiet));
        }
        catch (CommandLineException exception)
        {
            error.WriteLine($"forec: {OneLine(exception)}");
            return WrongCommandLine;
        }
        catch (Exception exception) when (exception is DataFormatException or DivergedException or IOException or UnauthorizedAccessException or ArithmeticException)
        {
            error.WriteLine($"forec: {OneLine(exception)}");
            return Failed;
        }
        catch (OutOfMemoryException)
        {
            error.WriteLine("forec: there is not enough memory; fewer --negatives, a smaller --batch-size, --embedding-dim or --layers need less");
            return Failed;
        }
    }

    // No option of text has an empty one, and nothing stands without an option.
    private static void RequireValues(CommonArguments arguments)
    {
        if (arguments.Rest.FirstOrDefault() is { } stray)
            throw new CommandLineException($"'{stray}' stands on the command line without an option (several markets are separated by commas, without spaces)");
        foreach (PropertyInfo property in arguments.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<OptionAttribute>() is { } option && property.GetValue(arguments) is string text && string.IsNullOrWhiteSpace(text))
                throw new CommandLineException($"--{option.LongName}: its value is empty");
        }
    }

    private static int RunVerb(object arguments, Terminal terminal)
    {
        switch (arguments)
        {
            case TrainArguments train:
                Train.Run(train, terminal);
                return Done;
            case ProfileArguments profile:
                Profile.Run(profile, terminal);
                return Done;
            case EvaluateArguments evaluate:
                Evaluate.Run(evaluate, terminal);
                return Done;
            case AdaptArguments adapt:
                Adapt.Run(adapt, terminal);
                return Done;
            case StatsArguments stats:
                Stats.Run(stats, terminal);
                return Done;
            case GenerateArguments generate:
                Generate.Run(generate, terminal);
                return Done;
            case DemoArguments demo:
                Demo.Run(demo, terminal);
                return Done;
            case DevicesArguments devices:
                Devices.Run(devices, terminal);
                return Done;
            case GradcheckArguments gradcheck:
                return Gradcheck.Run(gradcheck, terminal) ? Done : Failed;
            default:
                throw new CommandLineException($"no verb takes {arguments.GetType().Name}");
        }
    }

    private static int Explain(NotParsed<object> wrong, string[] args, TextWriter output, TextWriter error)
    {
        if (wrong.Errors.IsVersion())
        {
            output.WriteLine($"forec {typeof(ForecTool).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}");
            return Done;
        }

        if (wrong.Errors.IsHelp())
        {
            output.WriteLine(HelpText.AutoBuild(wrong, Plain, example => example, verbsIndex: wrong.Errors.Any(e => e is HelpVerbRequestedError { Verb: null } or HelpVerbRequestedError)));
            return Done;
        }

        SentenceBuilder sentences = SentenceBuilder.Create();
        string[] reasons = [.. wrong.Errors.Select(reason => reason switch
        {
            NoVerbSelectedError => "a verb is needed.",
            BadFormatConversionError { NameInfo.LongName: var name } => $"--{name}: '{ValueOf(name, args)}' is not a number that it takes.",
            BadFormatTokenError { Token: var token } when token.StartsWith("--", StringComparison.Ordinal) && token.EndsWith('=') => $"{token[..^1]}: its value is empty.",
            _ => sentences.FormatError(reason),
        }).Distinct()];
        string verb = wrong.TypeInfo.Current is { } type && type != typeof(NullInstance)
            && type.GetCustomAttributes(typeof(VerbAttribute), false) is [VerbAttribute attribute] ? $"{attribute.Name} " : "";
        error.WriteLine($"forec: {string.Join(' ', reasons)} ('forec {verb}--help' tells more)");
        return WrongCommandLine;

        static string ValueOf(string option, string[] args) => args
            .Select((arg, i) => arg == $"--{option}" ? args.ElementAtOrDefault(i + 1) : arg.StartsWith($"--{option}=", StringComparison.Ordinal) ? arg[(option.Length + 3)..] : null)
            .FirstOrDefault(value => value is not null) ?? "";

        static HelpText Plain(HelpText help)
        {
            help.Copyright = "";
            help.AdditionalNewLineAfterOption = false;
            help.MaximumDisplayWidth = 110;
            return help;
        }
    }

    private static string OneLine(Exception exception) => exception.Message.ReplaceLineEndings(" ");
}
