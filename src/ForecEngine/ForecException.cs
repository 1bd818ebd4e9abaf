// The base of the engine's own exceptions.

namespace ForecEngine;

/// <summary>An error in input, a file or a setting. The message is one line that names the fault and what would be right.</summary>
/// <param name="message">The message.</param>
/// <param name="cause">The exception that caused it, if any.</param>
public abstract class ForecException(string message, Exception? cause = null) : Exception(message, cause);
