// The writer for everything that people read: results as text, progress, notes and errors.

namespace ForecEngine.Cli;

internal sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write(value.ToString());

    /// <summary>Writes text of one or several lines; line ends are kept.</summary>
    public override void Write(string? value) => inner.Write(string.Join('\n', (value ?? "").Split('\n').Select(VisibleText.Of)));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(VisibleText.Of(value ?? ""));

    public override void Flush() => inner.Flush();
}
