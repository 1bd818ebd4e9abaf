// The writer that every line for people passes: results as text, progress, notes and errors.

using System.Text;

namespace ForecEngine.Cli;

/// <summary>Writes lines with their control characters made visible.</summary>
/// <param name="inner">Where to.</param>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => inner.Write(VisibleText.Of(value.ToString()));

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(VisibleText.Of(value ?? ""));

    /// <inheritdoc/>
    public override void WriteLine() => inner.WriteLine();

    /// <inheritdoc/>
    public override void WriteLine(string? value) => inner.WriteLine(VisibleText.Of(value ?? ""));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
