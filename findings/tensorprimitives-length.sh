#!/usr/bin/env bash
# One would guess that an elementwise function gives an element the same result whatever the array's length.
# TensorPrimitives.Sigmoid of System.Numerics.Tensors 10.0.0 (and 11.0.0) gives other bits in a span of 1 than in a span of 16,
# because short spans are computed by scalar code with other rounding. Exp, Sinh, Cosh, ExpM1 and LogP1 do the same.
# So the scores of a user can differ in the last bit between a single user and a batch, and ties between items are broken differently.
# Our kernels use the same polynomial for scalars and vectors; a property test checks equality bit for bit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package System.Numerics.Tensors@10.0.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Numerics.Tensors;

int differing = 0;
var example = "";
for (var i = 0; i < 10_000; i++)
{
    var value = (i - 5_000) / 1_000f;
    float[] alone = new float[1], many = new float[16];
    TensorPrimitives.Sigmoid<float>([value], alone);
    TensorPrimitives.Sigmoid<float>([.. Enumerable.Repeat(value, 16)], many);
    if (alone[0] != many[0] && differing++ == 0)
        example = $"for instance {value:R}: {alone[0]:R} alone, {many[0]:R} among 16";
}
Console.WriteLine("System.Numerics.Tensors 10.0.0, Sigmoid of 10,000 numbers from -5 to 5, each alone and among 16 equal ones");
Console.WriteLine($"guess: equal bits; seen: {differing} differ, {example}");
return differing > 0 ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
