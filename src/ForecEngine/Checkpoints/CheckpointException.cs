// The error for a checkpoint that cannot be used.

namespace ForecEngine.Checkpoints;

/// <summary>A checkpoint is missing, damaged or has another shape. The message is one line, <c>FILE: what is wrong</c>.</summary>
public sealed class CheckpointException : ForecException
{
    /// <summary>An error in a file.</summary>
    /// <param name="file">The file at fault.</param>
    /// <param name="problem">What is wrong with it and what would be right, on one line.</param>
    /// <param name="cause">The exception that caused it, if any.</param>
    public CheckpointException(string file, string problem, Exception? cause = null)
        : base($"{file}: {problem}", cause) => Problem = problem;

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }
}
