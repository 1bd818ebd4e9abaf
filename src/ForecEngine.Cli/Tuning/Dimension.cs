// A dimension of a search space: an option and how its value is drawn. A draw is a function of the seed, the option and the trial:
//   choice       one of the listed values, all equally likely
//   uniform      a number between two limits
//   log          the same, uniform in its logarithm
//   integer      a whole number between two limits, both included
//   log-integer  the same, uniform in the logarithm: the whole part of a log draw from least to most + 1
// Numbers are rounded to four digits, which is finer than any result and keeps a preset readable.

namespace ForecEngine.Cli.Tuning;

internal sealed class Dimension
{
    private const string Digits = "G4";

    private static readonly string[] s_kinds = ["choice", "uniform", "log", "integer", "log-integer"];

    private readonly Func<RandomSequence, ulong, string> _draw;

    private Dimension(DeclaredOption option, Func<RandomSequence, ulong, string> draw) => (Option, _draw) = (option, draw);

    /// <summary>The option.</summary>
    public DeclaredOption Option { get; }

    /// <summary>Reads how an option is drawn.</summary>
    /// <exception cref="DataFormatException">The object is not one of the kinds, or has invalid values.</exception>
    public static Dimension Read(StrictJson json, DeclaredOption option)
    {
        json.RequireKeys(s_kinds);
        if (json.Keys.ToArray() is not [var kind])
            throw json.Fault(null, $"expects one of {string.Join(", ", s_kinds)}");
        switch (kind)
        {
            case "choice":
                IReadOnlyList<string> values = json.Values(kind);
                if (option.Values.Count > 0 && values.FirstOrDefault(value => !option.Values.Contains(value)) is { } unknown)
                {
                    throw json.Fault(kind, $"'{unknown}' is not one of {string.Join(", ", option.Values)}"
                        + Nearest.Question(unknown, option.Values));
                }

                return new(option, (draws, trial) => values[draws.Below(trial, values.Count)]);
            case "uniform":
                (double Least, double Most) plain = json.Range(kind, _ => true, "a number");
                return new(option, (draws, trial) => Within(plain, plain.Least + (draws.Uniform(trial) * (plain.Most - plain.Least))));
            case "log":
                (double Least, double Most) log = json.Range(kind, number => number > 0, "a number above 0");
                return new(option, (draws, trial) => Within(log, Logarithmic(log.Least, log.Most, draws.Uniform(trial))));
            default:
                int first = kind == "integer" ? int.MinValue : 1;
                if (json.Wholes(kind, first, int.MaxValue - 1) is not [var least, var most] || least >= most)
                    throw json.Fault(kind, "expects [least, most] with least below most");
                if (most - least >= int.MaxValue)
                    throw json.Fault(kind, "has too many whole numbers");
                return kind == "integer"
                    ? new(option, (draws, trial) => Text(least + draws.Below(trial, (int)(most - least + 1))))
                    : new(option, (draws, trial) =>
                        Text(Math.Clamp((long)Logarithmic(least, most + 1, draws.Uniform(trial)), least, most)));
        }
    }

    /// <summary>The value of a trial, as on a command line.</summary>
    public string Draw(ulong seed, int trial) => _draw(RandomSequence.Named(seed, $"tune/{Option.Name}"), (ulong)trial);

    private static double Logarithmic(double least, double most, double share) =>
        Math.Exp(Math.Log(least) + (share * (Math.Log(most) - Math.Log(least))));

    // Rounding may pass a limit.
    private static string Within((double Least, double Most) limits, double number)
    {
        string text = number.ToString(Digits, CultureInfo.InvariantCulture);
        double rounded = double.Parse(text, CultureInfo.InvariantCulture);
        return rounded >= limits.Least && rounded <= limits.Most
            ? text
            : (rounded < limits.Least ? limits.Least : limits.Most).ToString("R", CultureInfo.InvariantCulture);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
