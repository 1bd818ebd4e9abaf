#!/usr/bin/env bash
# One would guess that a ranking evaluator groups rows by the group column, whatever the order of the rows.
# The evaluator of Microsoft.ML 5.0.1 starts a new group whenever the value changes from one row to the next. The same four scored rows
# give an nDCG@2 of 0.63 if they are sorted by user, and 0.5 if the users alternate. There is no warning.
# A user who checks our figures with ML.NET must sort the rows by user first. Our tool and trec_eval group by user, in any order of rows.
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

var context = new MLContext(seed: 1);

double Ndcg(params Row[] rows)
{
    var data = context.Data.LoadFromEnumerable(rows);
    var keyed = context.Transforms.Conversion.MapValueToKey("UserKey", "User").Fit(data).Transform(data);
    var options = new RankingEvaluatorOptions { DcgTruncationLevel = 2 };
    return context.Ranking.Evaluate(keyed, options, "Label", "UserKey", "Score").NormalizedDiscountedCumulativeGains[1];
}

Row a1 = new(1, 0, 3), a2 = new(1, 1, 1), b1 = new(2, 0, 3), b2 = new(2, 1, 2);
double together = Ndcg(a1, a2, b1, b2);
double alternating = Ndcg(a1, b1, a2, b2);
Console.WriteLine("Microsoft.ML 5.0.1, nDCG@2 of two users, each with a relevant item in second place. Guess: 0.631 in any order of rows.");
Console.WriteLine($"rows of a user together  {together:F3}");
Console.WriteLine($"rows alternating         {alternating:F3}");
return Math.Abs(together - 0.6309) < 1e-3 && Math.Abs(alternating - 0.5) < 1e-3 ? 0 : 1;

internal sealed class Row(int user, float label, float score)
{
    public int User { get; set; } = user;
    public float Label { get; set; } = label;
    public float Score { get; set; } = score;
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
