// A matrix product's shape, as an argument of its kernel.

using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The strides and extents of a product; see <see cref="StridedProduct"/>, which has the same for host memory.</summary>
internal struct GpuProduct
{
    public int ARow, AStep, BStep, BColumn, CRow, Rows, Columns, Depth;
    public ProductEnd End;

    /// <summary>1 if only the elements with column &lt;= row are computed.</summary>
    public int IsLower;
}
