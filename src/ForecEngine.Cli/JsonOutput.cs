// --json: results for programs, in a file that is written whole or not at all.

using System.Text;
using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using ForecEngine.Cli.Options;
using ForecEngine.Recommenders.Experiments;

namespace ForecEngine.Cli;

/// <summary>The file of --json, or standard output for <c>-</c>, if either is asked for.</summary>
internal sealed class JsonOutput
{
    private const string StandardOutput = "-";
    private readonly string? _path;
    private readonly Terminal _terminal;

    /// <summary>Fails now, rather than when the results are there, if the file cannot be written.</summary>
    /// <param name="arguments">What the command line says.</param>
    /// <param name="terminal">Whose standard output <c>-</c> is.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public JsonOutput(CommonArguments arguments, Terminal terminal)
    {
        (_path, _terminal) = (arguments.Json, terminal);
        if (_path is not null and not StandardOutput)
            AtomicFile.Probe(_path);
    }

    /// <summary>Whether standard output is for the results as JSON, and for nothing else.</summary>
    public static bool TakesStandardOutput(CommonArguments arguments) => arguments.Json == StandardOutput;

    /// <summary>Writes the results.</summary>
    public void Write(Func<JsonObject> results)
    {
        if (_path == StandardOutput)
            _terminal.Data.Write(ResultFile.Text(results()));
        else if (_path is not null)
            AtomicFile.Write(_path, stream => stream.Write(Encoding.UTF8.GetBytes(ResultFile.Text(results()))));
    }
}
