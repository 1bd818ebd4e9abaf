// Dropout (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, JMLR 2014): each unit of a layer is 0 with
// probability p, else divided by 1 - p. The kernel says what a draw depends on (Ops/DropoutMask).

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine;

/// <summary>The dropout of one layer.</summary>
public sealed class Dropout
{
    private readonly IDevice _device;
    private readonly string _stream;
    private readonly double _probability;
    private Storage<Real> _mask;

    /// <summary>Dropout at a layer.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="layer">The layer's name, which makes its draws its own.</param>
    /// <param name="probability">The probability p of a unit being dropped, at least 0 and less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a probability less than 1.</exception>
    public Dropout(IDevice device, string layer, double probability)
    {
        if (probability is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "the probability of dropout is at least 0 and less than 1");
        (_device, _stream, _probability, _mask) = (device, $"dropout/{layer}", probability, device.Allocate<Real>(0));
    }

    /// <summary>x, [samples, units], with units dropped. Once a pass: a second call would overwrite the first one's mask.</summary>
    /// <param name="tape">What records.</param>
    /// <param name="x">The layer's output.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="step">The step, which makes its draws its own.</param>
    /// <param name="users">The user of each sample.</param>
    /// <param name="items">The item of each sample.</param>
    public Tensor Apply(Tape tape, Tensor x, ulong seed, int step, RowIds users, RowIds items)
    {
        int length = x.Rows * x.Columns;
        if (_mask.Length < length)
            _mask = _device.Allocate<Real>(length);
        Matrix mask = new(_mask.Slice(0, length), x.Rows, x.Columns);
        _device.DropoutMask(new DropoutDraws(RandomSequence.Named(seed, _stream), _probability, step), users, items, mask);
        return tape.Multiply(x, tape.Constant(mask));
    }
}
