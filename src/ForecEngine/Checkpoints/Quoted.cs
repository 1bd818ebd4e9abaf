// Formats names and shapes for error messages, so that a message stays one short line with any damaged file.

using System.Globalization;
using System.Text;

namespace ForecEngine.Checkpoints;

internal static class Quoted
{
    private const int Longest = 80;

    /// <summary>The name in single quotes, with control characters escaped; a long name is cut.</summary>
    public static string Name(string name)
    {
        StringBuilder text = new("'");
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, Longest)))
        {
            // U+2028 and U+2029 are line breaks too, but not control characters.
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }

        return text.Append(name.Length > Longest ? "...'" : "'").ToString();
    }

    /// <summary>A shape as <c>[7, 8]</c>.</summary>
    public static string Shape(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>Whether the text can be encoded as UTF-8, that is, has no unpaired surrogate.</summary>
    public static bool IsUnicode(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
