// The base of the engine's own exceptions.

namespace ForecEngine;

/// <summary>An error that input, a file or a setting causes. The message is one line that names what is at fault and what would be right.</summary>
/// <param name="message">The message.</param>
/// <param name="cause">The exception that caused it, if any.</param>
public abstract class ForecException(string message, Exception? cause = null) : Exception(message, cause);
