// A verb: its name, its options and the function that runs it.

using System.Reflection;

namespace ForecEngine.Cli.CommandLine;

/// <summary>A class of arguments with its <see cref="VerbAttribute"/>, and the function that runs the verb.</summary>
internal sealed class DeclaredVerb
{
    private readonly VerbAttribute _attribute;
    private readonly Func<CommonArguments> _make;
    private readonly Func<CommonArguments, Terminal, bool> _run;

    private DeclaredVerb(Type arguments, Func<CommonArguments> make, Func<CommonArguments, Terminal, bool> run)
    {
        (_make, _run) = (make, run);
        _attribute = arguments.GetCustomAttribute<VerbAttribute>()
            ?? throw new ArgumentException($"{arguments.Name} has no VerbAttribute", nameof(arguments));
        Options = DeclaredOption.Of(arguments);
    }

    public string Name => _attribute.Name;

    public string HelpText => _attribute.HelpText;

    public string? First => _attribute.First;

    public string Example => _attribute.Example;

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

    public CommonArguments Defaults() => _make();

    /// <returns>Whether it succeeds.</returns>
    public bool Run(CommonArguments arguments, Terminal terminal) => _run(arguments, terminal);
}
