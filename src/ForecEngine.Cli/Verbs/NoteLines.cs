// Writes notes about the data as text, with the options that they concern, and as JSON.

using System.Text.Json;

namespace ForecEngine.Cli.Verbs;

internal static class NoteLines
{
    /// <summary>Prints each note on a line.</summary>
    public static void Say(IEnumerable<DataNote> notes, SplitRules rules, Terminal terminal)
    {
        foreach (DataNote note in notes)
            terminal.Say($"note: {note.Market}: {note.Text}{Option(note.Kind, rules)}");
    }

    /// <summary>The notes for a result.</summary>
    public static JsonArray ToJson(IEnumerable<DataNote> notes) =>
        [.. notes.Select(note => JsonSerializer.SerializeToNode(note, Experiment.JsonOptions))];

    private static string Option(NoteKind kind, SplitRules rules) => kind switch
    {
        NoteKind.UsersLeftOut => $" (--minimum-rows {rules.MinimumRows})",
        NoteKind.NotEvaluated when rules.HoldOut == HoldOut.None => " (--hold-out none)",
        NoteKind.NotEvaluated or NoteKind.UsersNotEvaluated => $" (--evaluate-from {rules.EvaluateFrom})",
        NoteKind.UsersWithoutRows => string.Create(CultureInfo.InvariantCulture, $" (--training-fraction {rules.TrainingFraction})"),
        NoteKind.NotRankedAmongAll => "; --candidates-from all ranks them among all items alone",
        _ => "",
    };
}
