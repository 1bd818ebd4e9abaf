// Standard output for much text: buffered, and ended by a reader that has seen enough (`forec recommend | head`). The console's
// own stream ignores a closed pipe, so that a tool would go on working for nobody.

using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ForecEngine.Cli;

/// <summary>Writes to standard output.</summary>
internal static class StandardOutput
{
    private const int BrokenPipe = 32; // EPIPE
    private const int Handle = 1;

    /// <summary>Whether a person reads it.</summary>
    public static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Writes text, until it ends or its reader does.</summary>
    /// <param name="output">Where tests want it, or <see cref="Console.Out"/>.</param>
    /// <param name="write">Writes the text.</param>
    public static void Write(TextWriter output, Action<TextWriter> write)
    {
        if (!ReferenceEquals(output, Console.Out) || IsTerminal(output) || OperatingSystem.IsWindows())
        {
            write(IsTerminal(output) ? new VisibleWriter(output) : output);
            return;
        }

        try
        {
            // A file has no reader to end; and a stream of its own would not move the place where the shell's next command writes.
            using FileStream pipe = new(new SafeFileHandle(Handle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            using Stream stream = pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
            using StreamWriter text = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 14);
            write(text);
        }
        catch (IOException exception) when (exception.HResult == BrokenPipe)
        {
            // The reader has what it wants.
        }
    }
}
