#!/usr/bin/env bash
# One would guess that shuffling rows makes every order about equally likely.
# ShuffleRows of Microsoft.ML 5.0.1 draws from a moving pool of 1,000 rows by default: of 100,000 rows, the first 1,000 of the output all
# come from the first 2,000 of the input. A file sorted by user, item or date stays nearly sorted, and so do the minibatches.
# The argument shufflePoolSize enlarges the pool; a pool of 100,000 shuffles all of the rows.
# Our engine permutes whole epochs, so that any row can be at any position, and the order of the file does not matter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Microsoft.ML@5.0.1
#:property PublishAot=false
#:property InvariantGlobalization=true
using Microsoft.ML;
using Microsoft.ML.Data;

const int Count = 100_000;
var context = new MLContext(seed: 1);
var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new Row { Place = i }));
int LastOfFirstThousand(IDataView rows) => rows.GetColumn<int>(nameof(Row.Place)).Take(1_000).Max();

int usual = LastOfFirstThousand(context.Data.ShuffleRows(data, seed: 1));
int whole = LastOfFirstThousand(context.Data.ShuffleRows(data, seed: 1, shufflePoolSize: Count));
Console.WriteLine("Microsoft.ML 5.0.1, ShuffleRows of 100,000 rows: from how far back the first 1,000 rows come");
Console.WriteLine($"guess about 99,900; seen {usual:N0}; with a pool of 100,000: {whole:N0}");
return usual < 5_000 && whole > 90_000 ? 0 : 1;

internal sealed class Row
{
    public int Place { get; set; }
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
