#!/usr/bin/env bash
# One would guess that a library's softmax subtracts the maximum first, as every textbook says, so that large inputs are safe.
# TensorPrimitives.SoftMax of System.Numerics.Tensors 10.0.0 (and 11.0.0) does not: four equal logits of 88.5 give four zeros, and of 89
# four NaN. Logits of -104 give NaN too, because all their exponentials are 0. No exception is thrown. A user who converts our scores to
# probabilities this way must subtract the largest score first. Our tool ranks by logits and needs no softmax.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package System.Numerics.Tensors@10.0.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Numerics.Tensors;

Console.WriteLine("System.Numerics.Tensors 10.0.0, SoftMax of four equal logits. Guess: 0.25 each, whatever the logit.");
var asTold = true;
foreach (var (logit, told) in new[] { (80f, 0.25f), (88.5f, 0f), (89f, float.NaN), (-80f, 0.25f), (-104f, float.NaN) })
{
    var result = new float[4];
    TensorPrimitives.SoftMax<float>([logit, logit, logit, logit], result);
    asTold &= result[0].Equals(told);
    Console.WriteLine($"logit {logit,5} gives {string.Join(' ', result)}");
}
return asTold ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
