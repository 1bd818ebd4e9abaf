// The writer for everything that people read: results as text, progress, notes and errors.

using System.Text;

namespace ForecEngine.Cli;

/// <summary>Writes lines with their control characters made visible.</summary>
/// <param name="inner">The writer to write to.</param>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <summary>Writes text of one or several lines; line ends are kept.</summary>
    public override void Write(string? value) => inner.Write(string.Join('\n', (value ?? "").Split('\n').Select(VisibleText.Of)));

    /// <inheritdoc/>
    public override void WriteLine() => inner.WriteLine();

    /// <inheritdoc/>
    public override void WriteLine(string? value) => inner.WriteLine(VisibleText.Of(value ?? ""));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
