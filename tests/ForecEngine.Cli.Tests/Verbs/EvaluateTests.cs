// forec evaluate gives the metrics of training from its checkpoint, and refuses a damaged checkpoint.

using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class EvaluateTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Theory]
    [InlineData("gmf", "")]
    [InlineData("mlp", "")]
    [InlineData("nmf++", "uk")]
    [InlineData("maml", "uk")]
    [InlineData("forec", "uk")]
    public void Evaluate_gives_the_metrics_of_training(string method, string source)
    {
        string[] sources = source.Length > 0 ? ["--source", source] : [];
        string run = $"run-{method}", model = tool[Path.Combine(run, "model.safetensors")];
        string[] data = ["--k-core", "2", "--k-core-passes", "2", .. sources];
        tool.Train(["--method", method, "--out", tool[run], "--trec", "--seed", "7", .. data]).Done();
        JsonObject trained = tool.Json(Path.Combine(run, "result.json"));
        foreach (string split in (string[])["test", "valid"])
        {
            Said said = Evaluate(model, "--split", split, "--json", tool["evaluation.json"], "--trec", "--out", tool["again"], "--force")
                .Done();
            JsonObject found = tool.Json("evaluation.json");
            Assert.Equal("forec.evaluation/1", (string?)found["schema"]);
            Assert.All(
                (string[])["users", "ndcg@10", "hr@10", "mrr"],
                name => Assert.Equal(trained[split]![name]!.ToJsonString(), found[name]!.ToJsonString()));
            Assert.Equal(trained[$"{split}_all_items"]!.ToJsonString(), found["all_items"]!.ToJsonString());
            Assert.Equal(Scores(tool[Path.Combine(run, $"{split}.run")]), Scores(tool[Path.Combine("again", $"{split}.run")]));
            string qrels = $"{split}.qrels";
            Assert.Equal(File.ReadAllText(tool[Path.Combine(run, qrels)]), File.ReadAllText(tool[Path.Combine("again", qrels)]));
            Assert.Contains($"| {split}", said.Output, StringComparison.Ordinal);
        }

        // Without the ids file, rows are assigned as in training: to the same markets in the same order.
        File.Delete(tool[Path.Combine(run, "model.ids.tsv")]);
        Evaluate(model, [.. sources, "--json", tool["evaluation.json"]]).Done();
        Assert.Equal(trained["test"]!["mrr"]!.ToJsonString(), tool.Json("evaluation.json")["mrr"]!.ToJsonString());
    }

    [Fact]
    public void A_damaged_checkpoint_exits_with_1_and_names_the_file()
    {
        byte[] good = Trained(out string path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        Refused(path, good[..5], "too few for a safetensors file");
        Refused(path, good[..(8 + (header / 2))], "cut short");
        Refused(path, good[..^1], "cut short");
        Refused(path, [.. good, 0], "something follows the data");
        Refused(path, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, .. good[8..]], "not a safetensors file, or a damaged one");
        Refused(path, Edited(good, "\"F32\"", "\"F99\""), "dtype 'F99'");
        Refused(path, Edited(good, "affine_output.bias", "affine_output.bits"), "has no tensor 'affine_output.bias'");
        Refused(path, Edited(good, "\"data_offsets\":[0,", "\"data_offsets\":[9,"));
        Refused(path, Edited(good, "\\\"minimum_rows\\\":1", "\\\"minimum_rows\\\":0"), "record of its experiment is damaged",
            "minimum_rows is 0");
        Refused(path, Edited(good, "\\\"evaluation_negatives\\\":99", "\\\"evaluation_negatives\\\":-9"), "evaluation_negatives is -9");
        Refused(path, Edited(good, "\\\"method\\\":\\\"gmf\\\"", "\\\"methud\\\":\\\"gmf\\\""), "record of its experiment is damaged");
    }

    [Fact]
    public void A_checkpoint_with_a_changed_byte_in_its_header_is_read_or_refused_in_one_line()
    {
        byte[] good = Trained(out string path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        for (int i = 0; i < 8 + header; i += 7)
        {
            byte[] flipped = [.. good];
            flipped[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(path, flipped);
            Said said = Evaluate(path);
            if (said.Status != 0)
                said.Failed(1);
        }
    }

    [Fact]
    public void A_checkpoint_with_a_tensor_of_another_shape_exits_with_1()
    {
        Trained(out string path);
        SafetensorsFile file = SafetensorsFile.Read(path);
        SafeTensor wide = SafeTensor.Of("affine_output.weight", new float[129], 1, 129);
        SafeTensor[] tensors = [.. file.Tensors.Select(tensor => tensor.Name == wide.Name ? wide : tensor)];
        SafetensorsFile.Write(path, tensors, file.Metadata);
        Evaluate(path).Failed(1, path, "'affine_output.weight' has shape [1, 129], but [1, 128] is needed");
    }

    [Fact]
    public void Damaged_ids_and_ids_of_other_markets_exit_with_1_and_name_the_file()
    {
        Trained(out string path);
        string ids = Path.ChangeExtension(path, ".ids.tsv");
        string text = File.ReadAllText(ids);
        File.WriteAllText(ids, "nonsense\n" + text);
        Evaluate(path).Failed(1, $"{ids}:1: expects 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' or 'item<TAB>ID'");
        File.WriteAllText(ids, text[..(text.TrimEnd().LastIndexOf('\n') + 1)]);
        Evaluate(path).Failed(1, ids, "but the tables of", "rows");
        File.WriteAllText(ids, text.Replace("\tjp\t", "\tfr\t", StringComparison.Ordinal));
        Evaluate(path).Failed(1, "jp: no row has a user and an item that the model knows");
        File.Delete(ids);
        ToolRun.Run("evaluate", "--data", tool.Root, "--target", "uk", "--model", path)
            .Failed(1, path, "model.ids.tsv is missing, and the rows of uk are not those of its training", "the record has none");
    }

    [Fact]
    public void A_missing_model_exits_with_1()
    {
        Evaluate(tool["none.safetensors"]).Failed(1, $"{tool["none.safetensors"]}: no such file");
        Evaluate(tool.Root).Failed(1, $"{tool["model.safetensors"]}: no such file");
        Evaluate(tool["jp_5core.txt"]).Failed(1, "not a safetensors file, or a damaged one");
    }

    [Fact]
    public void Given_candidates_are_ranked_and_malformed_ones_are_refused()
    {
        Trained(out string path);
        string[][] rows = [.. File.ReadLines(tool["jp_5core.txt"]).Skip(1).Select(line => line.Split(' '))];
        File.WriteAllText(tool["candidates"], $"{rows[0][0]}\t{rows[0][1]},{rows[1][1]},{rows[2][1]}\n");
        File.WriteAllText(tool["qrels"], $"userId\titemId\trating\n{rows[0][0]}\t{rows[1][1]}\t1\n");
        string[] given = ["--candidates", tool["candidates"], "--qrels", tool["qrels"]];
        Evaluate(path, [.. given, "--json", tool["given.json"]]).Done();
        Assert.Equal(1, (int)tool.Json("given.json")["users"]!);
        Assert.InRange((double)tool.Json("given.json")["mrr"]!, 1 / 3.0, 1);
        File.WriteAllText(tool["qrels"], "userId\titemId\n");
        Evaluate(path, given).Failed(
            1, $"{tool["qrels"]}:1: the header has no rating column; expects userId, itemId and rating");
        File.WriteAllText(tool["candidates"], "only\n");
        File.WriteAllText(tool["qrels"], "userId\titemId\trating\nu\ti\t1\n");
        Evaluate(path, given).Failed(1, $"{tool["candidates"]}:1: expects user<TAB>item,item,...");
    }

    private static string[] Scores(string run) => [.. File.ReadLines(run).Select(line => string.Join(' ', line.Split(' ')[..5]))];

    private static byte[] Edited(byte[] good, string old, string changed)
    {
        string text = Encoding.Latin1.GetString(good);
        Assert.Contains(old, text, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text.Replace(old, changed, StringComparison.Ordinal));
    }

    private Said Evaluate(string model, params string[] more) =>
        ToolRun.Run(["evaluate", "--data", tool.Root, "--target", "jp", "--model", model, "--threads", "1", .. more]);

    private byte[] Trained(out string path)
    {
        string run = $"run-{Guid.NewGuid():N}";
        tool.Train("--method", "gmf", "--out", tool[run]).Done();
        path = tool[Path.Combine(run, "model.safetensors")];
        return File.ReadAllBytes(path);
    }

    private void Refused(string path, byte[] bytes, params string[] said)
    {
        File.WriteAllBytes(path, bytes);
        Evaluate(path).Failed(1, [path, .. said]);
    }
}
