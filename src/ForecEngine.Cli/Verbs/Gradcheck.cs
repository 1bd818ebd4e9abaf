// forec gradcheck: compares the gradients of every operation and model on a device with central differences.

using ForecEngine.Gradients;

namespace ForecEngine.Cli.Verbs;

internal static class Gradcheck
{
    private const int DefaultCases = 20;
    private const ulong DefaultSeed = 1;

    /// <returns>Whether every case passes.</returns>
    public static bool Run(GradcheckArguments arguments, Terminal terminal)
    {
        int cases = OptionValue.Between("--cases", arguments.Cases, 1, 1_000_000) ?? DefaultCases;
        ulong first = OptionValue.Seed("--seed", arguments.Seed) ?? DefaultSeed;
        GradientCase[] all = [.. OperationCases.All, .. ModelCases.All];
        GradientCase[] chosen = arguments.Operation is null ? all : [.. all.Where(c => c.Name == arguments.Operation)];
        if (chosen.Length == 0)
            throw new CommandLineException(
                $"--operation: '{arguments.Operation}' is not one of {string.Join(", ", all.Select(c => c.Name))}");

        using IDevice device = DeviceChoice.Create(arguments);
        JsonOutput json = new(arguments, terminal);
        bool holds = true;
        List<string[]> rows = [];
        JsonArray gradients = [];
        foreach (GradientCase gradient in chosen)
        {
            (GradientCheckResult worst, ulong seed) = Worst(gradient, device, cases, first);
            holds &= worst.Passed;
            rows.Add(
            [
                gradient.Name, worst.WorstError.ToString("0.0e-0", CultureInfo.InvariantCulture),
                worst.Tolerance.ToString("0e-0", CultureInfo.InvariantCulture), $"{seed}", worst.WorstElement, $"{worst.Checked}",
                $"{worst.Skipped}", worst.Passed ? "holds" : "FAILS",
            ]);
            gradients.Add((JsonNode)new JsonObject
            {
                ["gradient"] = gradient.Name,
                ["worst_error"] = worst.WorstError,
                ["tolerance"] = worst.Tolerance,
                ["seed"] = seed,
                ["element"] = worst.WorstElement,
                ["checked"] = worst.Checked,
                ["kinks"] = worst.Skipped,
                ["holds"] = worst.Passed,
            });
        }

        ResultTable.Write(terminal.Output, ["gradient", "worst error", "tolerance", "seed", "element", "checked", "kinks", ""], rows);
        terminal.Output.WriteLine($"{device.Name}: {(holds ? "every gradient holds" : "a gradient FAILS")}; "
            + "to repeat a row: forec gradcheck --operation NAME --cases 1 --seed SEED");
        json.Write(() => new JsonObject
        {
            ["schema"] = "forec.gradcheck/1",
            ["device"] = device.Name,
            ["holds"] = holds,
            ["gradients"] = gradients,
        });
        return holds;
    }

    // The case with the largest error and its seed; a failing case comes first. The counts are those of all cases.
    private static (GradientCheckResult Worst, ulong Seed) Worst(GradientCase gradient, IDevice device, int cases, ulong first)
    {
        (GradientCheckResult Result, ulong Seed)[] results =
            [.. Enumerable.Range(0, cases).Select(i => first + (ulong)i).Select(seed => (gradient.Run(device, seed), seed))];
        (GradientCheckResult worst, ulong worstSeed) =
            results.OrderBy(r => r.Result.Passed).ThenByDescending(r => r.Result.WorstError).First();
        return worst.Passed
            ? (worst with { Checked = results.Sum(r => r.Result.Checked), Skipped = results.Sum(r => r.Result.Skipped) }, worstSeed)
            : (worst, worstSeed);
    }
}
