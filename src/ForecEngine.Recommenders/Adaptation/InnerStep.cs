// The inner step of meta-learning: p - rate g, and the way back. What it is about to change is copied first: dense
// parameters whole, of a table only the rows that the gradient touches - at most as many as the batch has samples, never
// the table. Stepping in place and back is a clone stepped and thrown away, without the clone.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A step of gradient descent that can be undone, bit for bit.</summary>
internal sealed class InnerStep
{
    private readonly IDevice _device;
    private readonly Parameter[] _rest;
    private readonly SgdOptimiser _descent;
    private readonly Kept[] _kept;

    /// <summary>A step of a model.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="model">Whose parameters they are.</param>
    /// <param name="moved">Those of them that move.</param>
    /// <param name="rate">The step's length, as a multiple of the gradient.</param>
    public InnerStep(IDevice device, IRecommender model, IReadOnlyList<Parameter> moved, double rate)
    {
        _device = device;
        _rest = [.. model.Parameters.Except(moved)];
        _descent = new SgdOptimiser(device, moved, rate);
        _kept = [.. moved.Where(p => !p.IsFrozen).Select(p => new Kept(p))];
    }

    /// <summary>Moves the parameters by the gradients they have gathered, and forgets all gradients of the model.</summary>
    public void Take()
    {
        foreach (Kept kept in _kept)
            kept.Save();
        _descent.Update();
        foreach (Parameter parameter in _rest)
            parameter.ClearGradient(_device); // those that do not move have gathered gradients, too
    }

    /// <summary>Puts the parameters back to where they were before the last step.</summary>
    public void Undo()
    {
        foreach (Kept kept in _kept)
            kept.Restore();
    }

    /// <summary>What of a parameter the step changes.</summary>
    private sealed class Kept(Parameter parameter)
    {
        private Real[] _values = [];
        private int[] _rows = [];
        private int _count;

        public void Save()
        {
            Slice<Real> values = parameter.Value.Values;
            if (parameter is not EmbeddingTable table)
            {
                if (_values.Length == 0)
                    _values = new Real[values.Length];
                values.Read(_values);
                return;
            }

            int columns = parameter.Value.Columns;
            _count = table.Gradient.Count;
            Reserve(ref _rows, _count);
            Reserve(ref _values, _count * columns);
            table.Gradient.Indices.Read(_rows);
            for (int i = 0; i < _count; i++)
                values.Part(_rows[i] * columns, columns).Read(_values.AsSpan(i * columns));
        }

        public void Restore()
        {
            Slice<Real> values = parameter.Value.Values;
            if (parameter is not EmbeddingTable)
            {
                values.Write(_values);
                return;
            }

            int columns = parameter.Value.Columns;
            for (int i = 0; i < _count; i++)
                values.Part(_rows[i] * columns, columns).Write(_values.AsSpan(i * columns, columns));
        }

        private static void Reserve<T>(ref T[] array, int length)
        {
            if (array.Length < length)
                array = new T[Math.Max(length, 2 * array.Length)];
        }
    }
}
