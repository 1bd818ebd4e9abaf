// The column of a device's speed relative to the scalar device.

using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace ForecEngine.Bench;

/// <summary>The scalar device's mean time divided by this device's, all else being equal.</summary>
internal sealed class ScalarRatioColumn : IColumn
{
    public string Id => nameof(ScalarRatioColumn);

    public string ColumnName => "x scalar";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "The scalar device's mean time divided by this device's";

    public string GetValue(BenchmarkDotNet.Reports.Summary summary, BenchmarkCase benchmarkCase)
    {
        BenchmarkCase? scalar = summary.BenchmarksCases.FirstOrDefault(other =>
            other.Descriptor == benchmarkCase.Descriptor && DeviceOf(other) is { IsScalar: true } && Rest(other) == Rest(benchmarkCase));
        return DeviceOf(benchmarkCase) is not null && scalar is not null && summary[scalar]?.ResultStatistics is { } slow
            && summary[benchmarkCase]?.ResultStatistics is { } fast
            ? (slow.Mean / fast.Mean).ToString("F2", CultureInfo.InvariantCulture)
            : "-";
    }

    public string GetValue(BenchmarkDotNet.Reports.Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);

    public bool IsAvailable(BenchmarkDotNet.Reports.Summary summary) => true;

    public bool IsDefault(BenchmarkDotNet.Reports.Summary summary, BenchmarkCase benchmarkCase) => false;

    private static BenchDevice? DeviceOf(BenchmarkCase benchmark) =>
        benchmark.Parameters.Items.Select(item => item.Value).OfType<BenchDevice>().FirstOrDefault();

    private static string Rest(BenchmarkCase benchmark) =>
        string.Join(
            ';', benchmark.Parameters.Items.Where(item => item.Value is not BenchDevice).Select(item => $"{item.Name}={item.Value}"));
}
