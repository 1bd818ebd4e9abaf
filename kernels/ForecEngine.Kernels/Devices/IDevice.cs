// A device runs operations. The scalar device is the specification; property tests compare the others with it over random shapes. Every
// result is written by one thread and summed in one order, so it does not depend on the number of threads.

namespace ForecEngine.Kernels;

/// <summary>
/// A device: it owns memory and runs operations on it. Results named y are overwritten; adjoints named d... are added to. An empty adjoint
/// is not computed. One thread at a time may call a device.
/// </summary>
/// <remarks>
/// Operations run in the order of the calls. A call may return before its operation has run, and no operation but
/// <see cref="CholeskyInverse"/> copies memory back to the host. Every method throws <see cref="ArgumentException"/> if
/// shapes do not fit, and names them.
/// </remarks>
public interface IDevice : IDisposable
{
    /// <summary>The device's name in recorded results: <c>scalar</c>, <c>cpu:avx512</c>.</summary>
    string Name { get; }

    /// <summary>Whether its memory is host memory. Reading a result then costs nothing, so every round's loss is read at once.</summary>
    bool IsHost { get; }

    /// <summary>Allocates zeros.</summary>
    Storage<T> Allocate<T>(int length)
        where T : unmanaged;

    /// <summary>Waits until all operations have run.</summary>
    void Synchronize();

    /// <summary>destination = source, of equal lengths.</summary>
    void Copy<T>(Slice<T> source, Slice<T> destination)
        where T : unmanaged;

    /// <summary>x[i] = value.</summary>
    void Fill(Slice<Real> x, Real value);

    /// <summary>y = f(x), elementwise.</summary>
    void Unary<TOp>(Slice<Real> x, Slice<Real> y)
        where TOp : unmanaged, IUnaryOp;

    /// <summary>dx += f'(x) dy, elementwise.</summary>
    void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp;

    /// <summary>y = f(a, b), elementwise.</summary>
    void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp;

    /// <summary>da += (df/da) dy and db += (df/db) dy, elementwise.</summary>
    void BinaryBackward<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp;

    /// <summary>y[r] = table[rows[r]], row by row.</summary>
    void Gather(Matrix table, RowIds rows, Matrix y);

    /// <summary>
    /// table[rows[r]] = x[r], the inverse of <see cref="Gather"/>. If an index occurs twice, both rows of x must be equal.
    /// </summary>
    void PutRows(Matrix x, RowIds rows, Matrix table);

    /// <summary>
    /// Overwrites samples with an epoch's: each training row, then its negatives, by the method of Floyd. Every device draws the same ones.
    /// </summary>
    void DrawSamples(in SampleDraws draws, Slice<Sample> samples);

    /// <summary>Overwrites the columns with the samples of a range.</summary>
    void TakeSamples(in SampleRange range, Slice<int> users, Slice<int> items, Slice<Real> labels);

    /// <summary>y = x weight' + bias, with weight [out, in]; an empty bias counts as 0. See <see cref="DenseLayer"/>.</summary>
    void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y);

    /// <summary>The adjoints of <see cref="Dense"/>; an empty one is not computed.</summary>
    void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias);

    /// <summary>c = a b, or c += a b. See <see cref="MatrixProduct"/>.</summary>
    /// <param name="a">The left factor, [rows, depth], or [depth, rows] if it is transposed.</param>
    /// <param name="b">The right factor, [depth, columns], or [columns, depth] if it is transposed.</param>
    /// <param name="c">The product, [rows, columns], which shares no memory with the factors.</param>
    /// <param name="transposed">The factors that enter the product transposed.</param>
    /// <param name="adds">Whether the product is added to c.</param>
    void Multiply(Matrix a, Matrix b, Matrix c, Transposed transposed = Transposed.None, bool adds = false);

    /// <summary>
    /// Overwrites a symmetric positive definite matrix with its inverse, by its Cholesky factor. The lower half is read, both are written.
    /// The call waits for the device, because the pivots decide whether there is a result. See <see cref="Ops.CholeskyInverse"/>.
    /// </summary>
    /// <exception cref="ArithmeticException">A pivot is not positive; the message names it. The contents of a are then lost.</exception>
    void CholeskyInverse(Matrix a);

    /// <summary>y = [a, b], row by row.</summary>
    void Concatenate(Matrix a, Matrix b, Matrix y);

    /// <summary>da += the left columns of dy, db += the right ones. An empty matrix still gives its number of columns.</summary>
    void ConcatenateBackward(Matrix dy, Matrix da, Matrix db);

    /// <summary>y[0] = the mean of x by the canonical sum of <see cref="Reduce"/>, or 0 if x is empty.</summary>
    void Mean(Slice<Real> x, Slice<Real> y);

    /// <summary>dx += dy[0] / n, elementwise.</summary>
    void MeanBackward(Slice<Real> dy, Slice<Real> dx);

    /// <summary>Sorts the positions of each minibatch by row, for updates on a device that does not group them itself.</summary>
    /// <param name="rows">The rows of consecutive minibatches.</param>
    /// <param name="keys">
    /// Overwritten with one block of <see cref="MinibatchRows.BlockLength"/> keys per minibatch, in ascending order. The key of a position
    /// is row 2^32 + position in the minibatch. The rest of the block is filled with the largest number.
    /// </param>
    void SortRows(in MinibatchRows rows, Slice<long> keys);

    /// <summary>y[i] = map[rows[i]].</summary>
    void MapRows(Slice<int> map, RowIds rows, Slice<int> y);

    /// <summary>y = softmax(x), row by row. See <see cref="Ops.Softmax"/>.</summary>
    void Softmax(Matrix x, Matrix y);

    /// <summary>The adjoint of <see cref="Softmax"/>, from its result y.</summary>
    void SoftmaxBackward(Matrix y, Matrix dy, Matrix dx);

    /// <summary>y[r] = the loss of row r of x.</summary>
    void RowLoss<TLoss>(Matrix x, Slice<Real> y)
        where TLoss : unmanaged, IRowLoss;

    /// <summary>The adjoint of <see cref="RowLoss"/>.</summary>
    void RowLossBackward<TLoss>(Matrix x, Slice<Real> dy, Matrix dx)
        where TLoss : unmanaged, IRowLoss;

    /// <summary>y[s] = the sum of w[k] x[k] over the rows k of segment s. See <see cref="Ops.SegmentSum"/>.</summary>
    void SegmentSum(Matrix x, Slice<Real> weights, Segments segments, Matrix y);

    /// <summary>dx[k] += w[k] dy[s] for the rows k of segment s.</summary>
    void SegmentSumBackward(Slice<Real> weights, Segments segments, Matrix dy, Matrix dx);

    /// <summary>
    /// The cross-entropy of the softmax over all items of each row of x, in nats: losses[r] = normalisers[r] - s[r, targets[r]], where
    /// s[r, j] = x[r] . item j + its bias, and normalisers[r] is the logarithm of the sum of e^s[r, j] over the items j. See
    /// <see cref="Ops.SoftmaxLoss"/>. <paramref name="kept"/> is memory of any length where a device may keep some logits, as it likes.
    /// </summary>
    void SoftmaxLoss(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> losses, Slice<Real> normalisers, Slice<Real> kept = default);

    /// <summary>
    /// The adjoints of <see cref="SoftmaxLoss"/>, with the normalisers and the memory that it wrote: adds that of x to dx, and overwrites
    /// ditems and dbias, which have a row for each item. An empty one is not computed.
    /// </summary>
    void SoftmaxLossBackward(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> normalisers, Slice<Real> dlosses, Matrix dx, Matrix ditems,
        Slice<Real> dbias, Slice<Real> kept = default);

    /// <summary>Overwrites mask, [samples, units], with 0 for dropped units and 1 / (1 - p) for the others.</summary>
    void DropoutMask(in DropoutDraws draws, RowIds users, RowIds items, Matrix mask);

    /// <summary>
    /// Counts the elements that are NaN or infinite in each row of some matrices. counts[0] is the count of the first row of the first one.
    /// </summary>
    void CountNonFinite(Slice<int> counts, params ReadOnlySpan<Matrix> matrices);

    /// <summary>
    /// Makes pairs of every user with every item, user by user, from pair <paramref name="first"/> on:
    /// pairUsers[i] = users[(first + i) / n] and pairItems[i] = items[(first + i) % n] for n items.
    /// </summary>
    void PairRows(RowIds users, RowIds items, int first, Slice<int> pairUsers, Slice<int> pairItems);

    /// <summary>
    /// Overwrites each row of bestItems and bestScores, [rows, K], with the columns of the K greatest scores of the row and these scores,
    /// greatest first; of equal scores, that of the greater rank comes first. See <see cref="Ops.TopK"/>.
    /// </summary>
    /// <param name="scores">The scores; NaN and negative infinity are never among the best.</param>
    /// <param name="ranks">The rank of each column; no two are equal.</param>
    /// <param name="bestItems">The columns, K for each row; -1 where too few scores remain.</param>
    /// <param name="bestScores">Their scores; negative infinity where too few remain.</param>
    void TopK(Matrix scores, Slice<int> ranks, Slice<int> bestItems, Matrix bestScores);

    /// <summary>
    /// Overwrites each row of bestItems and bestScores, [users, K], with the K best items of a user and their scores, as
    /// <see cref="TopK"/> does, without the scores of all items in memory.
    /// </summary>
    /// <param name="ranking">The users and the items.</param>
    /// <param name="nonFinite">A number for each user: 0 if all scores are finite, those of items left out too, otherwise above 0.</param>
    /// <param name="bestItems">The items, K for each user; -1 where too few remain.</param>
    /// <param name="bestScores">Their scores; negative infinity where too few remain.</param>
    void TopDots(in DotRanking ranking, Slice<int> nonFinite, Slice<int> bestItems, Matrix bestScores);

    /// <summary>
    /// Moves each parameter by its gradient and rule: every element, or only the rows that the gradient names. Parameters share no memory.
    /// Clears gradients that are as large as their parameter; gradients by position are unchanged.
    /// </summary>
    /// <param name="losses">
    /// The losses of the step; if one is not finite, no parameter moves. If there are none, parameters always move.
    /// </param>
    /// <param name="parameters">The parameters.</param>
    void Update<TRule>(Slice<Real> losses, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule;

    /// <summary>Prepares updates of these parameters, so that the first step is as fast as the others. Results do not change.</summary>
    void Prepare<TRule>(params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        // Most devices have nothing to prepare.
    }

    /// <summary>Compiles a network into one program; null if this device runs networks only operation by operation.</summary>
    INetworkProgram? Compile(Network network);
}
