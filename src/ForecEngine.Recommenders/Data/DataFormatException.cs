// Input that cannot be read.

namespace ForecEngine.Recommenders.Data;

/// <summary>Input data is not what it should be. The message is one line: where, what is wrong, what would be right.</summary>
public sealed class DataFormatException : Exception
{
    /// <summary>A fault that is not at one line of a file.</summary>
    public DataFormatException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>A fault at a line of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    /// <param name="cause">What was thrown beneath, if anything.</param>
    public DataFormatException(string file, long line, string problem, Exception? cause = null)
        : base($"{file}:{line}: {problem}", cause)
    {
    }

    /// <summary>The members of the training options, or of the rules of the split, of which another value would do.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
