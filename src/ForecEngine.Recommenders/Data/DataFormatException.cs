// The error for input data that cannot be used.

namespace ForecEngine.Recommenders.Data;

/// <summary>Input data cannot be used. The message is one line with the place of the fault, the fault, and what is expected.</summary>
public sealed class DataFormatException : ForecException
{
    /// <summary>A fault in a file or market as a whole.</summary>
    public DataFormatException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>A fault at a line of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    /// <param name="cause">The exception that caused it, if any.</param>
    public DataFormatException(string file, long line, string problem, Exception? cause = null)
        : base($"{file}:{line}: {problem}", cause)
    {
    }

    /// <summary>The settings, by their member names, that could be changed to avoid the error.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
