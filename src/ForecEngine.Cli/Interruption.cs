// Handles SIGINT and SIGTERM. The first signal asks a running training to write a last checkpoint and end. If nothing needs saving,
// or at a second signal, the process ends at once. In both cases the terminal is restored, and one line says how to continue.

using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ForecEngine.Cli;

internal sealed partial class Interruption : IDisposable
{
    private const int SignalBase = 128, Interrupt = 2, Terminate = 15;

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<string> _args;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();
    private PosixSignal? _signal;
    private bool _saving;

    /// <summary>Handles no signal until <see cref="Register"/> is called.</summary>
    public Interruption(IReadOnlyList<string> args) => _args = args;

    /// <summary>An action to run before the process ends at once.</summary>
    public Action? AtEnd { get; set; }

    /// <summary>Returns how to continue the run; null if there is nothing to continue.</summary>
    public Func<string>? HowToContinue { get; set; }

    /// <summary>The exit status after a signal: 130 for SIGINT, 143 for SIGTERM.</summary>
    public int Status => SignalBase + (_signal == PosixSignal.SIGTERM ? Terminate : Interrupt);

    /// <summary>Starts to handle SIGINT and SIGTERM.</summary>
    public void Register()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                if (Handle(signal))
                    return;
                AtEnd?.Invoke();
                Terminal.Restore();
                lock (Console.Error) // its own lock: no other thread can write after the message
                {
                    Console.Error.WriteLine($"forec: {Message()}");
                    Environment.Exit(Status);
                }
            }));
        }
    }

    /// <summary>Runs work that saves its state and ends when the token is cancelled.</summary>
    public T Saving<T>(Func<CancellationToken, T> work)
    {
        lock (_lock)
            _saving = true;
        try
        {
            return work(_stop.Token);
        }
        finally
        {
            lock (_lock)
                _saving = false;
        }
    }

    /// <summary>Records a signal.</summary>
    /// <returns>Whether running work will save its state and end; if not, the process must end now.</returns>
    public bool Handle(PosixSignal signal)
    {
        lock (_lock)
        {
            bool first = _signal is null;
            _signal ??= signal;
            if (!first || !_saving)
                return false;
        }

        _stop.Cancel();
        return true;
    }

    /// <summary>The signal, and how to continue.</summary>
    public string Message() => $"stopped by {_signal}{(HowToContinue is null ? "" : $"; {HowToContinue()}")}";

    /// <summary>The command line with a switch added, quoted for a shell.</summary>
    public string Command(string with) =>
        string.Join(' ', ((string[])["forec", .. _args.Where(argument => argument != with), with]).Select(Quoted));

    /// <summary>Stops handling signals.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    /// <summary>A word, quoted for a shell if it must be.</summary>
    public static string Quoted(string argument) =>
        Plain().IsMatch(argument) ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w./:=,@%+-]+$")]
    private static partial Regex Plain();
}
