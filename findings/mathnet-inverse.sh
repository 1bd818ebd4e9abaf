#!/usr/bin/env bash
# One would guess that inverting a singular matrix throws, as in NumPy, or sets a flag.
# Inverse and Solve of MathNet.Numerics 5.0.0 return infinities for [[1, 2], [2, 4]] without an error.
# Two items that the same customers bought make the Gram matrix of EASE or ALS singular, unless it is regularised.
# A user who computes a model this way should check that it is finite. Our tool refuses a NaN or an infinity and names the tensor.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package MathNet.Numerics@5.0.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using MathNet.Numerics.LinearAlgebra;

var singular = Matrix<double>.Build.DenseOfArray(new double[,] { { 1, 2 }, { 2, 4 } });
Console.WriteLine("MathNet.Numerics 5.0.0, [[1, 2], [2, 4]]. Guess: an exception.");
var inverse = singular.Inverse();
var solution = singular.Solve(Vector<double>.Build.Dense([1.0, 3.0]));
Console.WriteLine($"inverse: {string.Join(", ", inverse.Enumerate())}");
Console.WriteLine($"solution for (1, 3): {string.Join(", ", solution)}");
return inverse.Enumerate().Concat(solution).All(double.IsInfinity) ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
