#!/usr/bin/env bash
# One would guess that a vector's maximum does not depend on how the vector is stored.
# In MathNet.Numerics 5.0.0 a sparse vector's Maximum, Minimum and their indices only consider the stored entries.
# The vector (0, -3, -1, 0) has maximum -1 if it is sparse and 0 if it is dense, although Equals says that the two are equal.
# A user who searches a sparse row of residuals for the best item gets an item that is worse than those without an entry.
# Our rankings score every candidate, so an item without an entry has a score like any other.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package MathNet.Numerics@5.0.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using MathNet.Numerics.LinearAlgebra;

var sparse = Vector<double>.Build.SparseOfIndexed(4, [(1, -3.0), (2, -1.0)]);
var dense = Vector<double>.Build.DenseOfVector(sparse);
Console.WriteLine("MathNet.Numerics 5.0.0, the vector (0, -3, -1, 0). Guess: maximum 0, sparse or dense.");
Console.WriteLine($"equal: {sparse.Equals(dense)}");
Console.WriteLine($"sparse: maximum {sparse.Maximum()} at {sparse.MaximumIndex()}");
Console.WriteLine($"dense:  maximum {dense.Maximum()} at {dense.MaximumIndex()}");
return sparse.Equals(dense) && sparse.Maximum() == -1 && dense.Maximum() == 0 ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
