// The error that another run uses a directory.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Another run uses the directory.</summary>
/// <param name="path">The directory.</param>
public sealed class DirectoryInUseException(string path)
    : IOException($"{path}: another run is writing here; wait for it to end, or name another directory");
