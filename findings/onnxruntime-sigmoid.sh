#!/usr/bin/env bash
# One would guess that ONNX Runtime's Sigmoid is right to a few bits, and above 0 as long as a float can represent the result.
# Microsoft.ML.OnnxRuntime 1.31.1 returns exactly 0 for -18 and below, although 1.5e-8 is right for -18, and for -17 more than twice the
# true value: the absolute error is small, the relative error is not.
# With a sigmoid at the end of an exported recommender, all items far from a user's taste tie at 0, and the log loss becomes infinite.
# A user who exports one of our models should export the logits; they rank the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

// A model of one node, y = Sigmoid(x), in the protobuf encoding: a field's number and kind, then a number or a length and bytes.
byte[] Number(int field, byte value) => [(byte)(field << 3), value];
byte[] Bytes(int field, params byte[][] parts)
{
    byte[] content = [.. parts.SelectMany(part => part)];
    return [(byte)((field << 3) | 2), (byte)content.Length, .. content];
}
byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));
byte[] Floats(string name, byte count) =>
    [.. Text(1, name), .. Bytes(2, Bytes(1, Number(1, 1), Bytes(2, Bytes(1, Number(1, count)))))];

float[] inputs = [-10, -17, -18, -20];
byte[] node = [.. Text(1, "x"), .. Text(2, "y"), .. Text(4, "Sigmoid")];
byte[] graph = [.. Bytes(1, node), .. Text(2, "g"), .. Bytes(11, Floats("x", 4)), .. Bytes(12, Floats("y", 4))];
byte[] model = [.. Number(1, 8), .. Bytes(7, graph), .. Bytes(8, Number(2, 17))];

using var session = new InferenceSession(model);
using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(inputs, [4]))]);
float[] seen = [.. results[0].AsTensor<float>()];
Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, Sigmoid");
for (var i = 0; i < inputs.Length; i++)
    Console.WriteLine($"at {inputs[i]}: guess {(float)(1 / (1 + Math.Exp(-inputs[i])))}  seen {seen[i]}");
return seen is [> 4e-5f, > 8e-8f, 0, 0] ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
