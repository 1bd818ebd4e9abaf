// A matrix product from packed panels. The depth is cut into the blocks of the specification (Ops/MatrixProduct.cs). For each, the threads
// first pack the panels of both factors, then compute chunks of tiles. A chunk's panels of B stay in the second-level cache, while each of
// its panels of A passes through the first. Rows and columns are cut too, so that packed factors fit in the last cache and stay small.
// A chunk is the only writer of its elements of C. No chain of additions depends on the chunks or on the shape of a tile.

using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels.Simd;

/// <summary>Computes products with a team of threads.</summary>
/// <param name="workers">The team.</param>
/// <param name="bits">The width of vectors.</param>
internal sealed unsafe class PackedProduct(Workers workers, int bits)
{
    private const int MostRows = 3360; // a multiple of both tiles' rows
    private const int MostColumns = 4096;

    private HostStorage<Real> _a = new(0);
    private HostStorage<Real> _b = new(0);

    /// <summary>Computes a product.</summary>
    public void Run(in StridedProduct product)
    {
        if (bits >= 512)
            Run<FourteenRows<Lane512>>(product);
        else if (bits == 256)
            Run<SixRows<Lane256>>(product);
        else
            Run<SixRows<Lane128>>(product);
    }

    /// <summary>Ranks items by dot products.</summary>
    public void Rank(in DotPointers ranking)
    {
        if (bits >= 512)
            Rank<FourteenRows<Lane512>, Lane512>(ranking);
        else if (bits == 256)
            Rank<SixRows<Lane256>, Lane256>(ranking);
        else
            Rank<SixRows<Lane128>, Lane128>(ranking);
    }

    private void Rank<TTile, TLane>(in DotPointers ranking)
        where TTile : struct, IProductTile
        where TLane : struct, IHostLane<TLane>
    {
        int depth = ranking.Depth;
        HostStorage<Real>.Reserve(ref _a, Panels.Length(ranking.UserCount, TTile.Rows, depth));
        HostStorage<Real>.Reserve(ref _b, Panels.Length(ranking.ItemCount, TTile.Columns, depth));
        Panels users = new(ranking.Users, depth, 1, ranking.UserCount, TTile.Rows, depth, _a.Slice().Pointer, bits);
        Panels items = new(ranking.Items, depth, 1, ranking.ItemCount, TTile.Columns, depth, _b.Slice().Pointer, bits);
        PackJob pack = new(users, items);
        DotJob<TTile, TLane> job = new(ranking, users.Packed, items.Packed);
        workers.Run(pack, pack.Chunks, (long)(ranking.UserCount + ranking.ItemCount) * depth);
        workers.Run(job, job.Chunks, (long)ranking.UserCount * ranking.ItemCount * (depth + 1));
    }

    private void Run<TTile>(in StridedProduct product)
        where TTile : struct, IProductTile
    {
        if (product.Depth == 0 && product.End is not (ProductEnd.Overwrite or ProductEnd.Negate))
            return;
        int depth = Math.Min(product.Depth, MatrixProduct.BlockDepth);
        HostStorage<Real>.Reserve(ref _a, Panels.Length(Math.Min(product.Rows, MostRows), TTile.Rows, depth));
        HostStorage<Real>.Reserve(ref _b, Panels.Length(Math.Min(product.Columns, MostColumns), TTile.Columns, depth));
        for (int column = 0; column < product.Columns; column += MostColumns)
        {
            int step = 0;
            do
            {
                RunBlock<TTile>(product, column, step);
                step += MatrixProduct.BlockDepth;
            }
            while (step < product.Depth);
        }
    }

    // Computes some columns with a block of the depth.
    private void RunBlock<TTile>(in StridedProduct product, int column, int step)
        where TTile : struct, IProductTile
    {
        int columns = Math.Min(MostColumns, product.Columns - column), depth = Math.Min(MatrixProduct.BlockDepth, product.Depth - step);
        bool isPacked = false;
        int start = product.IsLower ? column / MostRows * MostRows : 0; // above it, nothing is below the diagonal
        for (int row = start; row < product.Rows; row += MostRows)
        {
            int rows = Math.Min(MostRows, product.Rows - row);
            StridedProduct part = product.Part(row, rows, column, columns, step, depth);
            part.End = MatrixProduct.OfBlock(part.End, isLater: step > 0);
            Panels a = new(part.A, part.ARow, part.AStep, rows, TTile.Rows, depth, _a.Slice().Pointer, bits);
            Panels b = new(part.B, part.BColumn, part.BStep, columns, TTile.Columns, depth, _b.Slice().Pointer, bits);
            PackJob pack = new(a, isPacked ? default : b);
            workers.Run(pack, pack.Chunks, (long)(rows + columns) * depth);
            if (part.End == ProductEnd.Overwrite)
                Compute<TTile, OverwrittenProduct>(part, column - row, a.Packed, b.Packed);
            else if (part.End == ProductEnd.Negate)
                Compute<TTile, NegatedProduct>(part, column - row, a.Packed, b.Packed);
            else if (part.End == ProductEnd.Add)
                Compute<TTile, AddedProduct>(part, column - row, a.Packed, b.Packed);
            else
                Compute<TTile, SubtractedProduct>(part, column - row, a.Packed, b.Packed);
            isPacked = true;
        }
    }

    private void Compute<TTile, TEnd>(in StridedProduct part, int diagonal, Real* a, Real* b)
        where TTile : struct, IProductTile
        where TEnd : struct, IProductEnd
    {
        TileJob<TTile, TEnd> job = new(part, diagonal, a, b);
        workers.Run(job, job.Chunks, (long)part.Rows * part.Columns * (part.Depth + 1));
    }
}

/// <summary>Packs the panels of both factors, a panel a chunk.</summary>
internal readonly unsafe struct PackJob(Panels a, Panels b) : IChunked
{
    /// <summary>The number of chunks.</summary>
    public int Chunks => a.Count + b.Count;

    public void Run(int chunk, int worker)
    {
        if (chunk < a.Count)
            a.Pack(chunk);
        else
            b.Pack(chunk - a.Count);
    }
}

/// <summary>Computes the tiles of a block from packed panels.</summary>
/// <param name="product">The block.</param>
/// <param name="diagonal">If only a lower part is computed: the elements with column + diagonal &lt;= row.</param>
/// <param name="a">The panels of A.</param>
/// <param name="b">The panels of B.</param>
internal readonly unsafe struct TileJob<TTile, TEnd>(StridedProduct product, int diagonal, Real* a, Real* b) : IChunked
    where TTile : struct, IProductTile
    where TEnd : struct, IProductEnd
{
    // 256 columns of 512 numbers are half of a second-level cache of 1 MB. 84 rows are enough to use them often.
    private const int ChunkRows = 84;
    private const int ChunkColumns = 256;
    private const int MostSums = 14 * 2 * 64 / sizeof(Real); // of a tile

    private readonly int _chunksDown = (product.Rows + ChunkRows - 1) / ChunkRows;

    /// <summary>The number of chunks.</summary>
    public int Chunks => _chunksDown * ((product.Columns + ChunkColumns - 1) / ChunkColumns);

    public void Run(int chunk, int worker)
    {
        (int across, int down) = Math.DivRem(chunk, _chunksDown);
        int firstRow = down * ChunkRows, endRow = Math.Min(firstRow + ChunkRows, product.Rows);
        int firstColumn = across * ChunkColumns, endColumn = Math.Min(firstColumn + ChunkColumns, product.Columns);
        Real* sums = stackalloc Real[MostSums];
        for (int row = firstRow; row < endRow; row += TTile.Rows)
        {
            for (int column = firstColumn; column < endColumn; column += TTile.Columns)
            {
                int rows = Math.Min(TTile.Rows, endRow - row), columns = Math.Min(TTile.Columns, endColumn - column);
                int first = row - column - diagonal + 1; // the columns of the tile's first row up to the diagonal
                if (product.IsLower && first + rows <= 1)
                    continue;
                Real* c = product.C + (row * product.CRow) + column;
                Real* aPanel = a + ((nint)row * product.Depth), bPanel = b + ((nint)column * product.Depth);
                if (rows == TTile.Rows && columns == TTile.Columns && (!product.IsLower || first >= columns))
                {
                    Prefetch(c);
                    TTile.Compute<TEnd>(aPanel, 1, TTile.Rows, bPanel, TTile.Columns, product.Depth, c, product.CRow);
                }
                else
                {
                    TTile.Compute<OverwrittenProduct>(
                        aPanel, 1, TTile.Rows, bPanel, TTile.Columns, product.Depth, sums, TTile.Columns);
                    Finish(sums, c, rows, columns, product.IsLower ? first : columns);
                }
            }
        }
    }

    // C's rows are read from memory while the sums are computed.
    private void Prefetch(Real* c)
    {
        if (!Sse.IsSupported)
            return;
        for (int row = 0; row < TTile.Rows; row++, c += product.CRow)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + TTile.Columns - 1);
        }
    }

    // At an edge: row i has the first columns, or those up to the diagonal: first + i.
    private void Finish(Real* sums, Real* c, int rows, int columns, int first)
    {
        for (int row = 0; row < rows; row++, sums += TTile.Columns, c += product.CRow)
        {
            int end = product.IsLower ? Math.Clamp(first + row, 0, columns) : columns;
            for (int column = 0; column < end; column++)
                TEnd.Store(ScalarLane.Load(sums + column), c + column);
        }
    }
}
