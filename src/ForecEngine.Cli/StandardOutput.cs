// Buffered standard output for long texts, which stops when the reader closes the pipe (`forec recommend | head`). The console's own
// stream ignores a closed pipe, so the tool would keep working for nothing.

using Microsoft.Win32.SafeHandles;

namespace ForecEngine.Cli;

internal static class StandardOutput
{
    private const int BrokenPipe = 32; // EPIPE
    private const int Handle = 1;

    /// <summary>Whether a writer is the console and goes to a terminal.</summary>
    public static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Writes text until its end, or until the reader closes the pipe.</summary>
    /// <param name="output"><see cref="Console.Out"/>, or another writer in tests.</param>
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
            // If the output is a file, the console's stream is used: a FileStream would not advance the file position that a shell shares
            // with its next command.
            using FileStream pipe = new(new SafeFileHandle(Handle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            using Stream stream = pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
            using StreamWriter text = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 14);
            write(text);
        }
        catch (IOException exception) when (exception.HResult == BrokenPipe)
        {
            // The reader has closed the pipe because it needs no more.
        }
    }
}
