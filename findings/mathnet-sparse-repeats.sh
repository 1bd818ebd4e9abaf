#!/usr/bin/env bash
# Ratings may have some pairs twice. One would guess that a sparse matrix built from them sums these, as in SciPy, or keeps the last.
# SparseMatrix.OfIndexed of MathNet.Numerics 5.0.0 stores both: the indexer reads the first, ToArray the last, and a product adds them.
# So the matrix gives three different numbers for the same entry, and its transpose keeps only one of them.
# A user who builds the matrix of EASE, itemKNN or another linear method this way must merge repeated pairs first.
# None of our code uses such a matrix.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package MathNet.Numerics@5.0.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

var matrix = SparseMatrix.OfIndexed(2, 2, [(0, 0, 1.0), (0, 0, 2.0), (1, 1, 5.0)]);
double read = matrix[0, 0];
double copied = matrix.ToArray()[0, 0];
double product = (matrix * Vector<double>.Build.Dense([1.0, 0.0]))[0];
double transposed = matrix.Transpose().ToArray()[0, 0];

Console.WriteLine("MathNet.Numerics 5.0.0, SparseMatrix.OfIndexed with 1 and 2 at (0, 0). Guess: one number there, 3 or 2.");
Console.WriteLine($"stored entries      {matrix.NonZerosCount}");
Console.WriteLine($"matrix[0, 0]        {read}");
Console.WriteLine($"ToArray()[0, 0]     {copied}");
Console.WriteLine($"(matrix * e0)[0]    {product}");
Console.WriteLine($"Transpose()[0, 0]   {transposed}");
return (matrix.NonZerosCount, read, copied, product) == (3, 1, 2, 3) ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
