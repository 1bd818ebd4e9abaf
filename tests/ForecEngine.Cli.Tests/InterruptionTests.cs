// Interruption: the effect of signals, and the message afterwards.

using System.Runtime.InteropServices;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class InterruptionTests
{
    [Fact]
    public void The_first_signal_asks_a_training_to_save_and_the_second_ends_the_process()
    {
        using Interruption interruption = new(["train"]);
        interruption.Saving(stop =>
        {
            Assert.True(interruption.Handle(PosixSignal.SIGTERM));
            Assert.True(stop.IsCancellationRequested);
            Assert.False(interruption.Handle(PosixSignal.SIGINT));
            return 0;
        });
        Assert.Equal(143, interruption.Status);
    }

    [Fact]
    public void Without_anything_to_save_the_first_signal_ends_the_process()
    {
        using Interruption interruption = new(["stats"]);
        Assert.False(interruption.Handle(PosixSignal.SIGINT));
        Assert.Equal(130, interruption.Status);
        Assert.Equal("stopped by SIGINT", interruption.Message());
        interruption.HowToContinue = () => "go on";
        Assert.Equal("stopped by SIGINT; go on", interruption.Message());
    }

    [Fact]
    public void The_command_to_resume_is_quoted_for_a_shell_and_has_the_switch_once()
    {
        using Interruption interruption = new(["train", "--target", "x=a b.csv", "--out", "it's"]);
        Assert.Equal("forec train --target 'x=a b.csv' --out 'it'\\''s' --resume", interruption.Command("--resume"));
        using Interruption again = new(["train", "--resume", "--out", "x"]);
        Assert.Equal("forec train --out x --resume", again.Command("--resume"));
    }
}
