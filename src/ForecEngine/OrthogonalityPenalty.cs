// The penalty that keeps a square matrix W close to an orthogonal one: the sum of |W W' - I| over all elements (Li and Tuzhilin,
// "DDTCDR", WSDM 2020). With S the signs of W W' - I, the gradient is (S + S') W.

namespace ForecEngine;

/// <summary>The penalty sum |W W' - I|.</summary>
public sealed class OrthogonalityPenalty
{
    private readonly DenseParameter _weight;
    private readonly Matrix _minusIdentity;

    /// <summary>The penalty of a square weight.</summary>
    /// <exception cref="ArgumentException">It is not square.</exception>
    public OrthogonalityPenalty(IDevice device, DenseParameter weight)
    {
        int n = weight.Value.Rows;
        if (weight.Value.Columns != n)
            throw new ArgumentException($"{weight.Name} is {n} x {weight.Value.Columns}; a square is needed", nameof(weight));
        _weight = weight;
        _minusIdentity = new Matrix(device.Allocate<Real>(n * n).Slice(), n, n);
        for (int i = 0; i < n; i++)
            _minusIdentity.Values.Part((i * n) + i, 1).Write([-1]);
    }

    /// <summary>The penalty: [1, 1].</summary>
    public Tensor Apply(Tape tape)
    {
        Tensor error = tape.Absolute(tape.Add(tape.Gram(tape.Parameter(_weight)), tape.Constant(_minusIdentity)));
        return tape.Scale(tape.Mean(error), error.Rows * error.Columns);
    }
}
