#!/usr/bin/env bash
# ExpM1 and LogP1 exist for numbers near 0, and tanh(0) is 0. One would guess that TensorPrimitives agrees.
# In System.Numerics.Tensors 10.0.0 (and 11.0.0), ExpM1(1e-8) is 1.2e-7 and LogP1(1e-8) is 0: both go through 1 + x and lose x.
# Tanh(0) is -6e-8 in a span of four floats or more, and 0 in a span of three. Tanh(1e-8) is -0.
# A user who writes the logistic loss as LogP1(Exp(-x)), the form that is taught as stable, gets a loss of 0 from logit 17 on.
# Our exp, log and sigmoid are polynomials of our own; we call TensorPrimitives for sums and conversions, not for functions.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package System.Numerics.Tensors@10.0.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Numerics.Tensors;

float[] Of(float value, int count, Action<float[], float[]> operation)
{
    var result = new float[count];
    operation([.. Enumerable.Repeat(value, count)], result);
    return result;
}

var expM1 = Of(1e-8f, 4, (x, y) => TensorPrimitives.ExpM1<float>(x, y))[0];
var logP1 = Of(1e-8f, 4, (x, y) => TensorPrimitives.LogP1<float>(x, y))[0];
var tanh = Of(1e-8f, 4, (x, y) => TensorPrimitives.Tanh<float>(x, y))[0];
var tanh3 = Of(0, 3, (x, y) => TensorPrimitives.Tanh<float>(x, y))[0];
var tanh4 = Of(0, 4, (x, y) => TensorPrimitives.Tanh<float>(x, y))[0];

Console.WriteLine("System.Numerics.Tensors 10.0.0");
Console.WriteLine($"ExpM1(1e-8)             guess 1E-08   seen {expM1:R}");
Console.WriteLine($"LogP1(1e-8)             guess 1E-08   seen {logP1:R}");
Console.WriteLine($"Tanh(1e-8)              guess 1E-08   seen {tanh:R}");
Console.WriteLine($"Tanh(0) of three zeros  guess 0       seen {tanh3:R}");
Console.WriteLine($"Tanh(0) of four zeros   guess 0       seen {tanh4:R}");
return expM1 > 1e-7f && logP1 == 0 && tanh <= 0 && tanh3 == 0 && tanh4 != 0 ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
