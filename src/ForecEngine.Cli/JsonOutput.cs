// --json: results for programs, in a file that is written whole or not at all.

using System.Text;
using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using ForecEngine.Recommenders.Experiments;

namespace ForecEngine.Cli;

/// <summary>The file of --json, if one is asked for.</summary>
internal sealed class JsonOutput
{
    private readonly string? _path;

    /// <summary>Fails now, rather than when the results are there, if the file cannot be written.</summary>
    /// <param name="path">The file; null where none is asked for.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public JsonOutput(string? path)
    {
        _path = path;
        if (path is not null)
            AtomicFile.Probe(path);
    }

    /// <summary>Writes the results.</summary>
    public void Write(Func<JsonObject> results)
    {
        if (_path is not null)
            AtomicFile.Write(_path, stream => stream.Write(Encoding.UTF8.GetBytes(ResultFile.Text(results()))));
    }
}
