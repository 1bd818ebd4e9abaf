#!/usr/bin/env bash
# One would guess that an index of 8-bit vectors ranks by inner product like an index of floats, only less exactly.
# Cloud.Unum.USearch 2.26.6 scales every vector to length 1 when it stores it as Int8, also for the inner product. The items (0.1, 0),
# (1, 0) and (10, 0) then tie for the query (1, 0); as floats they score 0.1, 1 and 10.
# In matrix factorisation the length of an item's vector reflects its popularity, so the ranking changes, without an error.
# A user who serves embeddings of gmf from such an index should keep Float32 or Float16. Our tool scores by the model itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Cloud.Unum.USearch@2.26.6
#:property PublishAot=false
#:property InvariantGlobalization=true
using Cloud.Unum.USearch;

float[] Distances(ScalarKind kind)
{
    using var index = new USearchIndex(MetricKind.Ip, kind, 2);
    index.Add(1, new float[] { 0.1f, 0 });
    index.Add(2, new float[] { 1, 0 });
    index.Add(3, new float[] { 10, 0 });
    index.Search(new float[] { 1, 0 }, 3, out ulong[] keys, out float[] distances);
    Console.WriteLine($"{kind}: {string.Join(", ", keys.Zip(distances, (key, distance) => $"item {key} at {distance}"))}");
    return distances;
}

Console.WriteLine("Cloud.Unum.USearch 2.26.6, items (0.1, 0), (1, 0), (10, 0) by inner product with (1, 0). Guess: 3, 2, 1 in both.");
var floats = Distances(ScalarKind.Float32);
var bytes = Distances(ScalarKind.Int8);
return floats[0] < floats[1] && floats[1] < floats[2] && bytes.Distinct().Count() == 1 ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
