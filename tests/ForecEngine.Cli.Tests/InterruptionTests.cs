// What a signal does, and what is said then.

using System.Runtime.InteropServices;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class InterruptionTests
{
    [Fact]
    public void The_first_signal_asks_a_training_for_its_end_and_the_second_waits_for_nothing()
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
    public void Where_there_is_nothing_to_save_the_first_signal_is_the_end()
    {
        using Interruption interruption = new(["stats"]);
        Assert.False(interruption.Handle(PosixSignal.SIGINT));
        Assert.Equal(130, interruption.Status);
        Assert.Equal("stopped by SIGINT", interruption.Message());
        interruption.HowToGoOn = () => "go on";
        Assert.Equal("stopped by SIGINT; go on", interruption.Message());
    }

    [Fact]
    public void A_command_is_repeated_as_a_shell_reads_it_with_a_switch_once()
    {
        using Interruption interruption = new(["train", "--target", "x=a b.csv", "--out", "it's"]);
        Assert.Equal("forec train --target 'x=a b.csv' --out 'it'\\''s' --resume", interruption.Command("--resume"));
        using Interruption again = new(["train", "--resume", "--out", "x"]);
        Assert.Equal("forec train --out x --resume", again.Command("--resume"));
    }
}
