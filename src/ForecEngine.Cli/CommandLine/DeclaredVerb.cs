// A verb: its name, its options and the function that runs it.

using System.Reflection;

namespace ForecEngine.Cli.CommandLine;

internal sealed class DeclaredVerb
{
    private readonly VerbAttribute _attribute;
    private readonly Func<CommonArguments> _make;
    private readonly Func<CommonArguments, Terminal, bool> _run;

    private DeclaredVerb(Type arguments, Func<CommonArguments> make, Func<CommonArguments, Terminal, bool> run)
    {
        (_make, _run) = (make, run);
        _attribute = arguments.GetCustomAttribute<VerbAttribute>()
            ?? throw new ArgumentException($"{arguments.Name} declares no verb", nameof(arguments));
        Options = DeclaredOption.Of(arguments);
    }

    /// <summary>The name.</summary>
    public string Name => _attribute.Name;

    /// <summary>The description in help.</summary>
    public string HelpText => _attribute.HelpText;

    /// <summary>The option whose value may come first, without the option's name; null for none.</summary>
    public string? First => _attribute.First;

    /// <summary>An example, without the tool's name.</summary>
    public string Example => _attribute.Example;

    /// <summary>The options.</summary>
    public IReadOnlyList<DeclaredOption> Options { get; }

    /// <summary>Declares a verb that succeeds unless it throws.</summary>
    public static DeclaredVerb Of<TArguments>(Action<TArguments, Terminal> run)
        where TArguments : CommonArguments, new() => Of<TArguments>((arguments, terminal) =>
        {
            run(arguments, terminal);
            return true;
        });

    /// <summary>Declares a verb that returns whether it succeeds.</summary>
    public static DeclaredVerb Of<TArguments>(Func<TArguments, Terminal, bool> run)
        where TArguments : CommonArguments, new() =>
        new(typeof(TArguments), () => new TArguments(), (arguments, terminal) => run((TArguments)arguments, terminal));

    /// <summary>Creates arguments with the default values.</summary>
    public CommonArguments Defaults() => _make();

    /// <returns>Whether it succeeds.</returns>
    public bool Run(CommonArguments arguments, Terminal terminal) => _run(arguments, terminal);
}
