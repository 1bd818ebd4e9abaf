// FsCheck generators for testing your own operations and models, with GradientCheck for example: shapes with edge cases, values, ids
// with repetitions, devices and seeds.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using FsCheck;
using FsCheck.Fluent;

namespace ForecEngine.FsCheck;

/// <summary>The shape of a matrix.</summary>
/// <param name="Rows">The number of rows, 0 to 70.</param>
/// <param name="Columns">The number of columns, 1 to 70.</param>
public sealed record MatrixShape(int Rows, int Columns);

/// <summary>A device and its description, which a failing case prints.</summary>
/// <param name="Threads">The number of threads; 0 for the scalar device.</param>
/// <param name="VectorBits">The width of its vectors; 0 for the scalar device.</param>
public sealed record DeviceChoice(int Threads, int VectorBits)
{
    /// <summary>Creates the device.</summary>
    public IDevice Create() => VectorBits == 0 ? new ScalarDevice() : new SimdDevice(Threads, VectorBits);
}

/// <summary>A seed of the engine's random draws.</summary>
/// <param name="Value">The seed.</param>
public sealed record Seed(ulong Value);

/// <summary>Generators for <c>[Property(Arbitrary = [typeof(Generators)])]</c>.</summary>
public static class Generators
{
    /// <summary>Shapes, often edge cases: no row, one row, and sizes at and next to the widths of vectors.</summary>
    public static Arbitrary<MatrixShape> MatrixShapes() =>
        (from rows in Gen.OneOf(Gen.Elements(0, 1, 2, 15, 16, 17, 64), Gen.Choose(0, 70))
         from columns in Gen.OneOf(Gen.Elements(1, 2, 7, 8, 9, 16, 33), Gen.Choose(1, 70))
         select new MatrixShape(rows, columns)).ToArbitrary();

    /// <summary>Every device that this machine can make: scalar, and each vector width with one thread to four.</summary>
    public static Arbitrary<DeviceChoice> Devices() =>
        (from bits in Gen.Elements<int>([0, .. ((int[])[128, 256, 512]).Where(bits => bits <= SimdDevice.WidestVectorBits)])
         from threads in Gen.Choose(1, 4)
         select new DeviceChoice(bits == 0 ? 0 : threads, bits)).ToArbitrary();

    /// <summary>Seeds of 62 bits.</summary>
    public static Arbitrary<Seed> Seeds() =>
        (from high in Gen.Choose(0, int.MaxValue)
         from low in Gen.Choose(0, int.MaxValue)
         select new Seed(((ulong)high << 31) ^ (ulong)low)).ToArbitrary();

    /// <summary><paramref name="count"/> ids below <paramref name="bound"/>, with repetitions.</summary>
    public static Gen<int[]> Ids(int count, int bound) => Gen.Choose(0, bound - 1).ArrayOf(count);

    /// <summary><paramref name="count"/> numbers between -4 and 4, half of them zeros.</summary>
    public static Gen<Real[]> Values(int count) =>
        Gen.OneOf(Gen.Constant(0), Gen.Choose(-4000, 4000)).Select(n => (Real)(n / 1024.0)).ArrayOf(count);
}
