// ForecTool: help, exit statuses, and one line for every error.

using System.Text;
using ForecEngine.Kernels;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class ForecToolTests(ToolRun tool) : IClassFixture<ToolRun>
{
    private const string Common = "quiet json";
    private const string Computing = $"threads device {Common}";
    private const string Ranking = $"data k-core k-core-passes target source seed candidates qrels out {Computing}";

    [Theory]
    [InlineData("train", $"method preset epochs batch-size learning-rate l2 negatives embedding-dim layers adam trec metrics {Ranking}")]
    [InlineData("evaluate", $"model split trec metrics {Ranking}")]
    [InlineData("stats", $"markets data k-core {Common}")]
    [InlineData("generate", $"like seed out scale {Common}")]
    [InlineData("tune", $"space trials search seed jobs data columns out resume force {Computing}")]
    [InlineData("devices", "json")]
    [InlineData("gradcheck", $"operation cases seed {Computing}")]
    [InlineData("demo", $"data seed {Computing}")]
    [InlineData("adapt", $"model head unfreeze keep-output fine-tune-epochs trec metrics {Ranking}")]
    [InlineData("profile", $"method trace epochs {Computing} data target source")]
    public void Help_exits_with_0_and_names_every_option(string verb, string options)
    {
        Said said = ToolRun.Run(verb, "--help").Done();
        Assert.Empty(said.Error);
        Assert.All(options.Split(' '), option => Assert.Matches($@"(?m)^\s+--{option}\b", said.Output));
        Assert.Equal(said.Output, ToolRun.Run(verb, "-h").Done().Output);
        Assert.Equal(said.Output, ToolRun.Run("help", verb).Done().Output);
    }

    [Fact]
    public void Help_and_the_version_go_to_standard_output()
    {
        string help = ToolRun.Run("--help").Done().Output;
        Assert.All((string[])["-h", "help"], word => Assert.Equal(help, ToolRun.Run(word).Done().Output));
        Assert.Equal(help, ToolRun.Run().Done().Output);
        string[] verbs = ["train", "evaluate", "stats", "generate", "devices", "gradcheck", "demo"];
        Assert.All(verbs, verb => Assert.Matches($@"(?m)^\s+{verb}\s", help));
        Assert.StartsWith("forec ", ToolRun.Run("--version").Done().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trains", "no verb is called 'trains'; did you mean 'train'?", "'forec --help'")]
    [InlineData("train --target jp", "--method NAME is missing", "'forec train --help'")]
    [InlineData("stats --markets jp --nonsense", "stats has no option --nonsense", "'forec stats --help'")]
    [InlineData("stats --markets jp uk", "unexpected argument 'uk'; several values are separated by commas: --markets A,B")]
    [InlineData("stats --markets=", "--markets: the value is empty")]
    [InlineData("stats --markets jp,", "--markets: '' has no market name")]
    [InlineData("stats --markets jp,jp", "--markets: jp is named twice")]
    [InlineData("stats --markets jp=", "--markets: 'jp=' has an empty file name")]
    [InlineData("stats --markets =x.txt", "--markets: '=x.txt' has no market name")]
    [InlineData("stats --markets jp --k-core 0", "--k-core: 0 is less than 1")]
    [InlineData("stats --markets jp --k-core-passes 2", "--k-core-passes needs --k-core")]
    [InlineData("train --target jp --method nonsense", "--method: 'nonsense' is not one of gmf, mlp, nmf")]
    [InlineData("train --target jp --method gmf --preset nonsense", "--preset: 'nonsense' is not one of paper, authors-code, tuned")]
    [InlineData("train --target jp --method gmf --device nonsense", "--device: 'nonsense'")]
    [InlineData("train --target jp --method gmf --metrics ndcg@0", "--metrics: 'ndcg@0' is not a metric")]
    [InlineData("train --target jp --method gmf --source uk",
        "--source has no effect with gmf, which trains on the target alone; gmf++ takes sources")]
    [InlineData("train --target jp --method pop --source uk",
        "--source has no effect with pop, which trains on the target alone; pop++ takes sources")]
    [InlineData("train --target jp --method gmf++", "--source: gmf++ trains on other markets too")]
    [InlineData("train --target jp --method gmf++ --source jp", "--source: jp is the target")]
    [InlineData("train --target jp --method gmf++ --source uk,uk", "--source: uk is named twice")]
    [InlineData("train --target jp --method gmf++ --source=", "--source: the value is empty")]
    [InlineData("train --target jp --method ddtcdr", "--source: ddtcdr trains on other markets too")]
    [InlineData("train --target jp --method ddtcdr --source uk --sampling concat",
        "--sampling: ddtcdr takes each minibatch from one market, and concat mixes them")]
    [InlineData("train --target jp --method nmf --loss softmax",
        "--loss: softmax over all items needs logits that are dot products, and those of mlp are not; sampled-softmax works with it")]
    [InlineData("train --target jp --method gmf++ --source uk --loss softmax --sampling concat",
        "--sampling: softmax takes each minibatch from one market, and concat mixes them; equal and sel do not")]
    [InlineData("train --target jp --method nmf-forec --source uk --fine-tune-loss softmax",
        "--fine-tune-loss: softmax over all items needs logits that are dot products, and those of a fork are not")]
    [InlineData("train --target jp --method conet --source uk --sampling concat",
        "--sampling: conet takes each minibatch from one market, and concat mixes them")]
    [InlineData(
        "train --target jp --method ddtcdr --source uk --ddtcdr-alpha 1.5", "--ddtcdr-alpha: expects a number from 0 to 1, got '1.5'")]
    [InlineData("train --target jp --method ddtcdr --source uk --ddtcdr-loss hinge", "--ddtcdr-loss: 'hinge' is not one of bce, mse")]
    [InlineData(
        "train --target jp --method ddtcdr --source uk --dropout 1", "--dropout: expects a number of at least 0 and less than 1, got '1'")]
    [InlineData("train --target jp --method ddtcdr --source uk --cross-gradient no", "--cross-gradient: 'no' is not one of on, off")]
    [InlineData("train --target jp --method ddtcdr --source uk --scoring-dropout no", "--scoring-dropout: 'no' is not one of on, off")]
    [InlineData("train --target jp --method gmf --trec", "--trec: the files go into --out")]
    [InlineData("train --target jp --method gmf --out=", "--out: the value is empty")]
    [InlineData("train --target jp --method gmf --candidates c", "--candidates and --qrels belong together")]
    [InlineData("train --target jp --method gmf --epochs -1", "--epochs: -1 is not between 0 and")]
    [InlineData("train --target jp --method gmf --epochs 99999999999", "--epochs: 99999999999 is not between 0 and 1000000")]
    [InlineData("train --target jp --method gmf --epochs=1.5", "--epochs: expects a whole number, got '1.5'")]
    [InlineData("train --target jp --method gmf --batch-size 2147483647", "--batch-size: 2147483647 is not between 1 and 1048576")]
    [InlineData("train --target jp --method gmf --negatives -1", "--negatives: -1 is not between 0 and 1000")]
    [InlineData("train --target jp --method gmf --negatives 1000000000", "--negatives: 1000000000 is not between 0 and 1000")]
    [InlineData("train --target jp --method gmf --embedding-dim 2000000000", "--embedding-dim: 2000000000 is not between 1 and 4096")]
    [InlineData("train --target jp --method gmf --embedding-dim 0", "--embedding-dim: 0 is not between 1 and 4096")]
    [InlineData("train --target jp --method mlp --layers 16,x", "--layers: expects a whole number, got 'x'")]
    [InlineData("train --target jp --method mlp --layers 16,-4", "--layers: -4 is not between 1 and 65536")]
    [InlineData("train --target jp --method mlp --layers 16,2000000000", "--layers: 2000000000 is not between 1 and 65536")]
    [InlineData("train --target jp --method mlp --layers 15,4", "--layers: expects 256 (twice --embedding-dim) and at least")]
    [InlineData(
        "train --target jp --method gmf --learning-rate NaN", "--learning-rate: expects a number above 0 that fits in a float, got 'NaN'")]
    [InlineData(
        "train --target jp --method gmf --learning-rate 0", "--learning-rate: expects a number above 0 that fits in a float, got '0'")]
    [InlineData("train --target jp --method gmf --learning-rate Infinity",
        "--learning-rate: expects a number above 0 that fits in a float, got 'Infinity'")]
    [InlineData(
        "train --target jp --method gmf --learning-rate 1e60",
        "--learning-rate: expects a number above 0 that fits in a float, got '1e60'")]
    [InlineData("train --target jp --method gmf --l2 -1", "--l2: expects a number of at least 0 that fits in a float, got '-1'")]
    [InlineData("train --target jp --method gmf --l2 NaN", "--l2: expects a number of at least 0 that fits in a float, got 'NaN'")]
    [InlineData("train --target jp --method gmf --adam 0", "--adam: '0' is not one of dense, lazy")]
    [InlineData("train --target jp --method gmf++ --source uk --sampling x", "--sampling: 'x' is not one of equal, concat, sel")]
    [InlineData("train --target jp --method gmf --minimum-rows 0", "--minimum-rows: 0 is less than 1")]
    [InlineData("train --target jp --method gmf --threads 0", "--threads: 0 is not between 1 and 1024")]
    [InlineData("train --target jp --method gmf --seed -1", "--seed: -1 is not between 0 and 18446744073709551615")]
    [InlineData("evaluate --target jp --model m --split nonsense", "--split: 'nonsense' is not one of test, valid")]
    [InlineData("evaluate --target jp --model m --out x", "--out: evaluate only writes files there with --trec or --save-candidates")]
    [InlineData("generate --out x --like nonsense", "--like: 'nonsense' is not one of xmarket, us")]
    [InlineData("generate --out x --scale NaN", "--scale: expects a number above 0 that fits in a float, got 'NaN'")]
    [InlineData("generate --out x --scale 2", "expects a scale above 0 and at most 1, got 2")]
    [InlineData("generate --out x --markets nonsense", "market 'nonsense' is unknown")]
    [InlineData("gradcheck --cases 0", "--cases: 0 is not between 1 and")]
    [InlineData("gradcheck --operation nonsense", "--operation: 'nonsense' is not one of ")]
    [InlineData("train --target jp --method nfm", "'nfm' is not one of gmf", "did you mean 'nmf'?")]
    [InlineData("train --target jp --method gmf --preset papr", "did you mean 'paper'?")]
    [InlineData("train --target jp --method gmf --learning-rate 0,005", "--learning-rate: expects a number, got '0,005'; write 0.005")]
    [InlineData("generate --out x --scale 0,1", "--scale: expects a number, got '0,1'; write 0.1")]
    [InlineData("train --target jp --method gmf --threads 2 --device scalar", "--threads has no effect with --device scalar")]
    [InlineData("evaluate --target jp --model m --candidates c --qrels q --split valid", "--split has no effect with --candidates")]
    [InlineData("evaluate --target jp --model m --candidates c --qrels q --seed 3", "--seed has no effect with --candidates")]
    [InlineData("generate --out x --like us --scale 1", "--like us")]
    [InlineData("train --target jp --method gmf --hold-out none --evaluate-from 3", "--evaluate-from has no effect with --hold-out none")]
    [InlineData("completion", "completion expects the name of a shell, bash or zsh")]
    [InlineData("completion fish", "'fish' is not one of bash, zsh")]
    [InlineData("help trian", "did you mean 'train'?")]
    public void A_wrong_command_line_exits_with_2_and_one_line(string line, params string[] said)
    {
        string[] args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] data = args.Length > 0 && args[0] is "train" or "stats" or "evaluate" ? ["--data", tool.Root] : [];
        ToolRun.Run([.. args, .. data]).Failed(2, said);
        Assert.False(Directory.Exists("x"));
    }

    [Fact]
    public void A_diverging_training_exits_with_1_names_the_step_and_leaves_no_file() => Leaves_nothing(
        () => tool.Train("--method", "gmf", "--learning-rate", "1e30", "--epochs", "3", "--out", tool["diverged"]),
        "gmf: ", "not finite at step", "--learning-rate");

    [Fact]
    public void Output_that_cannot_be_written_is_an_error_before_training()
    {
        File.WriteAllText(tool["file"], "");
        tool.Train("--method", "gmf", "--out", tool["file"]).Failed(1, tool["file"], "is a file");
        tool.Train("--method", "gmf", "--out", tool[Path.Combine("file", "below")]).Failed(1, "cannot be written");
        tool.Train("--method", "gmf", "--json", tool[Path.Combine("none", "result.json")]).Failed(1, "there is no directory");
        tool.Train("--method", "gmf", "--json", tool.Root).Failed(1, "it is a directory");
        ToolRun.Run("generate", "--scale", "0.01", "--out", tool["file"]).Failed(1, "is a file");
        if (File.Exists("/dev/full"))
            tool.Train("--method", "gmf", "--json", "/dev/full").Failed(1, "/dev/full: cannot be written: No space left on device");
        Directory.CreateDirectory(tool[Path.Combine("taken", "model.safetensors")]);
        tool.Train("--method", "gmf", "--out", tool["taken"]).Failed(1, "is a directory; a run writes a file of this name");
        tool.Train("--method", "gmf", "--cache", tool["file"]).Failed(1, tool["file"]);
        if (Directory.Exists("/proc/self"))
            tool.Train("--method", "gmf", "--out", "/proc/forec").Failed(1, "/proc/forec: cannot be written");
    }

    [Theory]
    [InlineData("", "bad.txt:1: the file is empty")]
    [InlineData("userId itemId rate date\n", "bad.txt:2: the file has no rows")]
    [InlineData("userId rate date\nu 5 2020-01-01\n", "bad.txt:1: there is no column for the item")]
    [InlineData("userId itemId rate date\nu i x 2020-01-01\n", "bad.txt:2: the rating 'x' is not a number")]
    [InlineData("userId itemId rate date\nu i 5 yesterday\n", "bad.txt:2: expects a date", "got 'yesterday'")]
    [InlineData("userId itemId rate date\nu i 0.8 2020-01-01\n", "bad: no rating of 1 or more", "scaled")]
    [InlineData("userId\titemId\trating\nu\ti\t5\n", "bad: its rows have no times", "--hold-out")]
    [InlineData("userId itemId rate date\nu \0 5 2020-01-01\n", "bad.txt:2: byte 0x00")]
    public void Malformed_ratings_exit_with_1_name_the_file_and_the_line_and_leave_no_file(string text, params string[] problem)
    {
        File.WriteAllText(tool["bad.txt"], text);
        Leaves_nothing(() => tool.Train("--method", "gmf", "--target", $"bad={tool["bad.txt"]}", "--out", tool["out"]), problem);
    }

    [Fact]
    public void Missing_files_exit_with_1()
    {
        ToolRun.Run("stats", "--data", tool.Root, "--markets", "fr", "--quiet").Failed(1, "no market 'fr'", "in, jp, uk");
        ToolRun.Run("stats", "--data", tool.Root, "--markets", "ukk", "--quiet").Failed(1, "no market 'ukk'; did you mean 'uk'?");
        ToolRun.Run("stats", "--markets", $"jp={tool["none"]}", "--quiet").Failed(1, $"{tool["none"]}: no such file");
        ToolRun.Run("stats", "--markets", $"jp={tool.Root}", "--quiet").Failed(1, "is a directory, not a file");
        ToolRun.Run("stats", "--data", tool["none"], "--markets", "jp", "--quiet").Failed(1, "no such directory");
    }

    [Fact]
    public void An_error_of_a_device_exits_with_1_in_one_line_with_its_name()
    {
        DeviceException full = new("opencl:0 (a GPU)", DeviceFault.OutOfMemory, "out of memory: 5.0 MB more do not fit");
        using StringWriter error = new();
        using FailingWriter output = new(full);
        Assert.Equal(1, ForecTool.Run(["devices"], output, error));
        Assert.Equal("forec: opencl:0 (a GPU): out of memory: 5.0 MB more do not fit", error.ToString().Trim().Split('\n')[^1]);
    }

    private void Leaves_nothing(Func<Said> run, params string[] said)
    {
        string[] before = Directory.GetFileSystemEntries(tool.Root);
        run().Failed(1, said);
        Assert.Equal(before, Directory.GetFileSystemEntries(tool.Root));
    }

    // Stands for a device: the tool treats an exception alike, wherever it is thrown.
    private sealed class FailingWriter(Exception error) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw error;
    }
}
