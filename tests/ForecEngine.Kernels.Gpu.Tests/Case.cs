// A random case of an operation: its shapes and numbers are draws of a seed, the same on every device.

namespace ForecEngine.Kernels.Gpu.Tests;

/// <summary>Draws of a case, and its tensors on a device.</summary>
/// <param name="device">The device.</param>
/// <param name="seed">The seed.</param>
/// <param name="absolute">Whether numbers are replaced by their magnitudes.</param>
internal sealed class Case(IDevice device, ulong seed, bool absolute = false)
{
    public int Below(string name, int bound) => Of(name).Below(0, bound);

    public Slice<float> Normals(string name, int n) => Put(Make(n, i => (float)Of(name).Normal(i)));

    // Beyond +-87 exp is clamped; at 0 relu has its kink.
    public Slice<float> Logits(string name, int n) => Put(Make(n, i => Of(name).Below(i, 8) switch
    {
        0 => 0,
        1 => 100,
        2 => -100,
        _ => 6 * (float)Of($"{name}/values").Normal(i),
    }));

    public Slice<float> Shares(string name, int n) => Put(Make(n, i => (float)Of(name).Uniform(i)));

    public Matrix Normals(string name, int rows, int columns) => new(Normals(name, rows * columns), rows, columns);

    public RowIds Rows(string name, int n, int bound)
    {
        Slice<int> rows = device.Allocate<int>(n).Slice();
        return RowIds.Write(rows, Make(n, i => Of(name).Below(i, bound)));
    }

    public Slice<float> Put(params ReadOnlySpan<float> values) => Put<float>(absolute ? [.. values.ToArray().Select(MathF.Abs)] : values);

    public Slice<T> Put<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Slice<T> slice = device.Allocate<T>(values.Length).Slice();
        slice.Write(values);
        return slice;
    }

    public RandomSequence Of(string name) => RandomSequence.Named(seed, $"test/{name}");

    public static T[] Make<T>(int n, Func<ulong, T> element) => [.. Enumerable.Range(0, n).Select(i => element((ulong)i))];
}
