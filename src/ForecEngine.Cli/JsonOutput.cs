// The option --json: results for programs, in a file that is written atomically.

namespace ForecEngine.Cli;

/// <summary>Writes results to the file of --json, to standard output for <c>-</c>, or nowhere without the option.</summary>
internal sealed class JsonOutput
{
    private const string StandardOutput = "-";
    private readonly string? _path;
    private readonly Terminal _terminal;

    /// <summary>Checks that the file can be written, before there are results.</summary>
    /// <param name="arguments">The arguments of the verb.</param>
    /// <param name="terminal">Provides standard output for <c>-</c>.</param>
    public JsonOutput(CommonArguments arguments, Terminal terminal)
    {
        (_path, _terminal) = (arguments.Json, terminal);
        if (_path is not null and not StandardOutput)
            AtomicFile.Probe(_path);
    }

    /// <summary>Whether standard output is reserved for the results as JSON.</summary>
    public static bool TakesStandardOutput(CommonArguments arguments) => arguments.Json == StandardOutput;

    /// <summary>Writes the results.</summary>
    public void Write(Func<JsonObject> results)
    {
        if (_path == StandardOutput)
            _terminal.Data.Write(ResultFile.Text(results()));
        else if (_path is not null)
            ResultFile.Write(_path, results());
    }
}
