// Text as a terminal may be given it. Ids, names of files and messages come from files that anybody may have written; a
// control character in one could move the cursor, colour the screen or, as a bidirectional override, turn the text around.

using System.Buffers;
using System.Globalization;
using System.Text;

namespace ForecEngine.Cli;

/// <summary>Makes control characters visible.</summary>
internal static class VisibleText
{
    // C0, DEL and C1, the line and paragraph separators, and what sets the direction of text.
    private static readonly SearchValues<char> s_invisible = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code),
        '\u061C', '\u200E', '\u200F', '\u2028', '\u2029',
        '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069',
    ]);

    /// <summary>The text with each control character as <c>\u001b</c>.</summary>
    public static string Of(string text)
    {
        if (text.AsSpan().IndexOfAny(s_invisible) < 0)
            return text;
        StringBuilder visible = new();
        foreach (char c in text)
        {
            if (s_invisible.Contains(c))
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                visible.Append(c);
        }

        return visible.ToString();
    }
}
