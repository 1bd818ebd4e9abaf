// The grouping of a minibatch's positions by table row, held to LINQ's before it is timed.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;

namespace ForecEngine.Bench.Kernels;

/// <summary>Row grouping.</summary>
public class RowGroupingBench
{
    private readonly RowGroups _groups = new();
    private int[] _rows = [];

    /// <summary>Rows of the table: one bitmap, or two.</summary>
    [Params(8_000, 2_800_000)]
    public int Rows { get; set; }

    /// <summary>Draws a minibatch and checks its grouping.</summary>
    [GlobalSetup]
    public void Check()
    {
        int[] rows = BenchInputs.Rows(BenchInputs.Batch, Rows);
        _groups.Build(rows);
        IGrouping<int, int>[] expected = [.. Enumerable.Range(0, rows.Length).GroupBy(position => rows[position]).OrderBy(group => group.Key)];
        if (!_groups.Rows.Span.SequenceEqual(expected.Select(group => group.Key).ToArray()) || !_groups.Positions.Span.SequenceEqual(expected.SelectMany(group => group).ToArray()))
            throw new InvalidOperationException("the rows are not grouped as LINQ groups them; nothing is timed");
        _rows = rows;
    }

    /// <summary>Groups.</summary>
    [Benchmark]
    public void Build() => _groups.Build(_rows);
}
