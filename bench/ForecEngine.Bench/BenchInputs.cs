// Random numbers and ids for kernels, drawn by name, so that they are the same on every device.

using ForecEngine.Kernels;

namespace ForecEngine.Bench;

/// <summary>Makes inputs in a device's memory.</summary>
/// <param name="device">The device.</param>
internal sealed class BenchInputs(IDevice device)
{
    private int _drawn;

    /// <summary>The number of rows of a minibatch.</summary>
    public const int Batch = 1024;

    /// <summary>Numbers uniform in (-1, 1).</summary>
    public Slice<Real> Vector(int length)
    {
        RandomSequence draws = RandomSequence.Named(1, "bench", _drawn++);
        Real[] values = new Real[length];
        for (int i = 0; i < length; i++)
            values[i] = (Real)((2 * draws.Uniform((ulong)i)) - 1);
        Slice<Real> vector = device.Allocate<Real>(length).Slice();
        vector.Write(values);
        return vector;
    }

    /// <summary>A matrix of such numbers.</summary>
    public Matrix Matrix(int rows, int columns) => new(Vector(rows * columns), rows, columns);

    /// <summary>Zeros.</summary>
    public Matrix Zeros(int rows, int columns) => new(device.Allocate<Real>(rows * columns).Slice(), rows, columns);

    /// <summary>Row numbers below a bound, with repetitions.</summary>
    public static int[] Rows(int count, int bound)
    {
        RandomSequence draws = RandomSequence.Named(1, "bench/rows");
        return [.. Enumerable.Range(0, count).Select(i => draws.Below((ulong)i, bound))];
    }

    /// <summary>Row numbers in the device's memory.</summary>
    public RowIds Ids(ReadOnlySpan<int> rows) => RowIds.Write(device.Allocate<int>(rows.Length).Slice(), rows);
}
