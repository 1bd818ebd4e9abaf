// The inner step of meta-learning on the model itself: p - rate g, and the way back. What it changes is copied first, on the device: dense
// parameters whole, of a table only the rows that the gradient names - at most as many as the batch has samples, never the table.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A step of gradient descent that can be undone, bit for bit.</summary>
internal sealed class InnerStep
{
    private readonly Parameter[] _others;
    private readonly SgdOptimiser _descent;
    private readonly Saved[] _saved;

    /// <summary>A step of a model.</summary>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="model">The model.</param>
    /// <param name="adapted">Those of its parameters that move.</param>
    /// <param name="learningRate">The learning rate.</param>
    public InnerStep(IDevice device, IRecommender model, IReadOnlyList<Parameter> adapted, double learningRate)
    {
        _others = [.. model.Parameters.Except(adapted)];
        _descent = new SgdOptimiser(device, adapted, learningRate);
        _saved = [.. adapted.Select(parameter => new Saved(device, parameter))];
    }

    /// <summary>Moves the parameters by the gradients that they have gathered, and clears all gradients of the model.</summary>
    public void Move()
    {
        foreach (Saved saved in _saved)
            saved.Save();
        _descent.Update();
        foreach (Parameter parameter in _others)
            parameter.ClearGradient(); // parameters that do not move have gathered gradients, too
    }

    /// <summary>Puts the parameters back to where they were before the last move.</summary>
    public void Undo()
    {
        foreach (Saved saved in _saved)
            saved.Restore();
    }

    /// <summary>The values of a parameter that the step changes.</summary>
    private sealed class Saved(IDevice device, Parameter parameter)
    {
        private Storage<Real> _values = device.Allocate<Real>(parameter is EmbeddingTable ? 0 : parameter.Value.Values.Length);
        private RowIds _rows;

        public void Save()
        {
            if (parameter is not EmbeddingTable table)
            {
                device.Copy(parameter.Value.Values, _values.Slice());
                return;
            }

            // The gradient keeps the rows in place until the next minibatch.
            _rows = table.Gradient.Rows;
            if (_values.Length < _rows.Count * table.Value.Columns)
                _values = device.Allocate<Real>(_rows.Count * table.Value.Columns);
            device.Gather(table.Value, _rows, Rows());
        }

        public void Restore()
        {
            if (parameter is EmbeddingTable)
                device.PutRows(Rows(), _rows, parameter.Value);
            else
                device.Copy(_values.Slice(), parameter.Value.Values);
        }

        private Matrix Rows() => new(_values.Slice(0, _rows.Count * parameter.Value.Columns), _rows.Count, parameter.Value.Columns);
    }
}
