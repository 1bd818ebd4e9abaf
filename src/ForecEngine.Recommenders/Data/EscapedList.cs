// Splits a list from the command line at its separators, except those that a backslash escapes.

namespace ForecEngine.Recommenders.Data;

internal static class EscapedList
{
    /// <summary>The parts, without the backslashes that escape a separator.</summary>
    public static IReadOnlyList<string> Split(string text, char separator)
    {
        List<string> parts = [];
        StringBuilder part = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == separator)
                part.Append(text[++i]);
            else if (text[i] == separator)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
                part.Append(text[i]);
        }

        parts.Add(part.ToString());
        return parts;
    }
}
