// Dropout (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, JMLR 2014): each unit of a layer is 0 with
// probability p, else divided by 1 - p. Whether unit j of a sample is dropped at a step is a draw of (seed, layer, step,
// sample, j): it depends neither on threads nor on the other samples, so equal samples at one step drop equal units.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine;

/// <summary>The dropout of one layer.</summary>
public sealed class Dropout
{
    private const int UnitsPerBlock = 4; // a block of Philox has four words

    private readonly IDevice _device;
    private readonly string _stream;
    private readonly double _rate;
    private Real[] _mask = [];
    private Storage<Real> _storage;

    /// <summary>Dropout at a layer.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="layer">The layer's name, which makes its draws its own.</param>
    /// <param name="rate">The probability p of a unit being dropped, at least 0 and less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a probability less than 1.</exception>
    public Dropout(IDevice device, string layer, double rate)
    {
        if (rate is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "a rate of dropout is at least 0 and less than 1");
        (_device, _stream, _rate, _storage) = (device, $"dropout/{layer}", rate, device.Allocate<Real>(0));
    }

    /// <summary>x, [samples, units], with units dropped. Once a pass: a second call would overwrite the first one's mask.</summary>
    /// <param name="tape">What records.</param>
    /// <param name="x">The layer's output.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="step">The step, which makes its draws its own.</param>
    /// <param name="samples">What tells the samples apart: a number each.</param>
    public Tensor Apply(Tape tape, Tensor x, ulong seed, int step, ReadOnlySpan<ulong> samples)
    {
        int length = x.Rows * x.Columns;
        if (_storage.Length < length)
            (_mask, _storage) = (new Real[length], _device.Allocate<Real>(length));
        Draw(seed, step, samples, x.Columns);
        _storage.Write(0, _mask.AsSpan(0, length));
        return tape.Multiply(x, tape.Constant(new Matrix(_storage.Slice(0, length), x.Rows, x.Columns)));
    }

    private void Draw(ulong seed, int step, ReadOnlySpan<ulong> samples, int units)
    {
        RandomSequence draws = RandomSequence.Named(seed, _stream);
        uint blocks = (uint)((units + UnitsPerBlock - 1) / UnitsPerBlock);
        double threshold = _rate * (1ul << 32);
        Real kept = (Real)(1 / (1 - _rate));
        for (int sample = 0; sample < samples.Length; sample++)
        {
            Span<Real> row = _mask.AsSpan(sample * units, units);
            for (uint block = 0; block < blocks; block++)
            {
                PhiloxBlock words = (draws with { Epoch = unchecked(((uint)step * blocks) + block) }).Block(samples[sample]);
                Span<Real> four = row[(int)(block * UnitsPerBlock)..];
                for (int i = 0; i < UnitsPerBlock && i < four.Length; i++)
                    four[i] = Word(words, i) < threshold ? 0 : kept;
            }
        }
    }

    private static uint Word(in PhiloxBlock words, int i) => i switch { 0 => words.Word0, 1 => words.Word1, 2 => words.Word2, _ => words.Word3 };
}
