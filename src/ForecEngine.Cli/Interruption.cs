// SIGINT and SIGTERM. The first one asks a training to write a last checkpoint and end. If there is nothing to save, or a second
// signal comes, the process ends at once. Either way the terminal is restored, and one line says how to continue.

using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ForecEngine.Cli;

/// <summary>What a signal that asks for the end does.</summary>
internal sealed partial class Interruption : IDisposable
{
    private const int SignalBase = 128, Interrupt = 2, Terminate = 15;

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<string> _args;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();
    private PosixSignal? _signal;
    private bool _saving;

    /// <summary>Leaves signals to the system until <see cref="Register"/> is called.</summary>
    /// <param name="args">The command line; the message on how to resume repeats it.</param>
    public Interruption(IReadOnlyList<string> args) => _args = args;

    /// <summary>What is done before the process ends at once.</summary>
    public Action? AtEnd { get; set; }

    /// <summary>Says how to continue the run; null where there is nothing to continue.</summary>
    public Func<string>? HowToGoOn { get; set; }

    /// <summary>The exit status of a process that the signal ended: 130 for SIGINT, 143 for SIGTERM.</summary>
    public int Status => SignalBase + (_signal == PosixSignal.SIGTERM ? Terminate : Interrupt);

    /// <summary>Takes SIGINT and SIGTERM over.</summary>
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
                Console.Error.WriteLine($"forec: {Message()}");
                Environment.Exit(Status);
            }));
        }
    }

    /// <summary>Runs work that saves its state and ends by itself once the token is cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was asked to.</exception>
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

    /// <summary>Takes note of a signal.</summary>
    /// <returns>Whether the work that runs will end by itself; if not, the process must end now.</returns>
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

    /// <summary>What happened, and how to go on from it.</summary>
    public string Message() => $"stopped by {_signal}{(HowToGoOn is null ? "" : $"; {HowToGoOn()}")}";

    /// <summary>The command line with a switch, as a shell reads it.</summary>
    public string Command(string with) =>
        string.Join(' ', ((string[])["forec", .. _args.Where(argument => argument != with), with]).Select(Quoted));

    /// <summary>Leaves signals to the system again.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    // As a shell reads it back.
    private static string Quoted(string argument) =>
        Plain().IsMatch(argument) ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w./:=,@%+-]+$")]
    private static partial Regex Plain();
}
