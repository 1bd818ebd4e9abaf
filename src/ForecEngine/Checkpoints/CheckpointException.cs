// The one error of a checkpoint that is not as it should be. Its message is one line that names the file.

namespace ForecEngine.Checkpoints;

/// <summary>A checkpoint that is missing, damaged or of another shape. The message is one line, <c>FILE: what is wrong</c>.</summary>
public sealed class CheckpointException : IOException
{
    /// <summary>An error of a file.</summary>
    /// <param name="file">The file at fault.</param>
    /// <param name="problem">What is wrong with it, and what would be right; on one line.</param>
    /// <param name="cause">The exception behind it, if any.</param>
    public CheckpointException(string file, string problem, Exception? cause = null)
        : base($"{file}: {problem}", cause)
    {
        File = file;
        Problem = problem;
    }

    /// <summary>The file at fault.</summary>
    public string File { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }
}
