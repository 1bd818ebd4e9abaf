// Dropout (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, JMLR 2014): each unit of a layer is set to 0 with probability
// p and divided by 1 - p otherwise. Ops/DropoutMask.cs defines the draws.

namespace ForecEngine;

/// <summary>The dropout of one layer.</summary>
public sealed class Dropout
{
    private readonly IDevice _device;
    private readonly string _stream;
    private readonly double _probability;
    private Storage<Real> _mask;

    /// <summary>Dropout at a layer.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="layer">The layer's name, which selects its draws.</param>
    /// <param name="probability">The probability p that a unit is dropped, at least 0 and less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public Dropout(IDevice device, string layer, double probability)
    {
        if (probability is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "expects a probability of at least 0 and less than 1");
        (_device, _stream, _probability, _mask) = (device, $"dropout/{layer}", probability, device.Allocate<Real>(0));
    }

    /// <summary>Drops units of x, [samples, units]. Call it once per pass, since a second call overwrites the mask of the first.</summary>
    /// <param name="tape">The tape to record on.</param>
    /// <param name="x">The layer's output.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="step">The step, which selects its draws.</param>
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
