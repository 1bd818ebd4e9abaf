// Makes text safe for a terminal. Ids, file names and messages may come from files of unknown origin; a control character in them
// could move the cursor, colour the screen or, as a bidirectional override, reverse the text.

using System.Buffers;

namespace ForecEngine.Cli;

internal static class VisibleText
{
    // C0, DEL and C1 control characters, marks and overrides of text direction, line and paragraph separators.
    private static readonly SearchValues<char> s_invisible = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code),
        '\u061C', '\u200E', '\u200F', '\u2028', '\u2029',
        '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069',
    ]);

    /// <summary>The text with each control character as an escape such as <c>\u001b</c>.</summary>
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
