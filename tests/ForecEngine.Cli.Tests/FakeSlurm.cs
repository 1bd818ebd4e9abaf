// Stands in for Slurm where none is installed: a folder with commands that have its names. sbatch runs the elements of an array, one after
// another, before it returns, so the queue is always empty.

using System.Globalization;
using ForecEngine.Tests.Checkpoints;

namespace ForecEngine.Cli.Tests;

internal sealed class FakeSlurm : IDisposable
{
    private const string Sbatch = """
        #!/bin/bash
        # Elements named in the file "lose" do not run.
        here=$(dirname "$0")
        [ ! -e "$here/refuse" ] || { cat "$here/refuse" >&2; exit 1; }
        id=$(( $(cat "$here/count" 2> /dev/null || echo 0) + 1 ))
        echo $id > "$here/count"
        echo "$* $SBATCH_PARTITION" >> "$here/submitted"
        script=${!#}
        last=$(sed -n 's/^#SBATCH --array=0-\([0-9]*\).*/\1/p' "$script")
        for i in $(seq 0 $last); do
          log=$(dirname "$script")/../logs/${id}_$i.log
          if grep -qx ${id}_$i "$here/lose" 2> /dev/null; then echo lost > "$log"; continue; fi
          SLURM_ARRAY_TASK_ID=$i bash "$script" >> "$log" 2>&1
        done
        echo $id
        """;

    private readonly TemporaryDirectory _commands = new();

    /// <summary>Makes the commands.</summary>
    /// <param name="maxArraySize">The most elements of an array.</param>
    public FakeSlurm(int maxArraySize)
    {
        Command("sbatch", Sbatch);
        Command("scontrol", string.Create(CultureInfo.InvariantCulture, $"#!/bin/sh\necho 'MaxArraySize            = {maxArraySize}'\n"));
        Command("squeue", "#!/bin/sh\n");
        Command("scancel", "#!/bin/sh\necho \"$*\" >> \"$(dirname \"$0\")/cancelled\"\n");
    }

    /// <summary>The command lines of sbatch.</summary>
    public string[] Submitted => File.Exists(_commands["submitted"]) ? File.ReadAllLines(_commands["submitted"]) : [];

    /// <summary>The path of a file that the commands read or write.</summary>
    public string this[string name] => _commands[name];

    public void Dispose() => _commands.Dispose();

    /// <summary>Makes a command.</summary>
    public void Command(string name, string script)
    {
        File.WriteAllText(_commands[name], script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_commands[name], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }

    /// <summary>Starts the tool where these commands are found first.</summary>
    public ToolProcess Start(params string[] args) => ToolProcess.Within(
        "env",
        [
            "--default-signal=INT", $"PATH={_commands.Root}:{Environment.GetEnvironmentVariable("PATH")}", "SBATCH_PARTITION=default",
            ToolProcess.Tool, .. args,
        ]);
}
