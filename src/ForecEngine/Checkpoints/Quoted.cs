// Names and shapes as errors show them: whatever a damaged file holds, the message stays one short line.

using System.Globalization;
using System.Text;

namespace ForecEngine.Checkpoints;

internal static class Quoted
{
    private const int Longest = 80;

    /// <summary>The name in single quotes, control characters escaped, cut where it is very long.</summary>
    public static string Name(string name)
    {
        StringBuilder text = new("'");
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, Longest)))
        {
            // U+2028 and U+2029 end a line too.
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }

        return text.Append(name.Length > Longest ? "...'" : "'").ToString();
    }

    /// <summary>A shape as <c>[7, 8]</c>.</summary>
    public static string Shape(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>Whether every surrogate of the text has its other half, so that UTF-8 can say it.</summary>
    public static bool IsUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }
}
