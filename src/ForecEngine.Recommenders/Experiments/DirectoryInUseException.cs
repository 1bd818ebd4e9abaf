// The error if another run is using a directory.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Another run is using the directory.</summary>
/// <param name="path">The directory.</param>
public sealed class DirectoryInUseException(string path)
    : IOException($"{path}: another run is writing here; wait for it to end, or name another directory");
