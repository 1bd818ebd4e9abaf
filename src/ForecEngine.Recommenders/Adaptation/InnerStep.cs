// The inner step of meta-learning, p - rate g, applied to the model in place and undone afterwards. The values that it changes are first
// copied on the device: dense parameters as a whole, and only those rows of a table that have a gradient, at most one per sample.

namespace ForecEngine.Recommenders.Adaptation;

internal sealed class InnerStep
{
    private readonly Parameter[] _others;
    private readonly SgdOptimiser _descent;
    private readonly Saved[] _saved;

    /// <summary>An inner step of a model.</summary>
    public InnerStep(IDevice device, IRecommender model, IReadOnlyList<Parameter> adapted, double learningRate)
    {
        _others = [.. model.Parameters.Except(adapted)];
        _descent = new SgdOptimiser(device, adapted, learningRate);
        _saved = [.. adapted.Select(parameter => new Saved(device, parameter))];
    }

    /// <summary>Moves the parameters by their accumulated gradients, and clears all gradients of the model.</summary>
    public void Move()
    {
        foreach (Saved saved in _saved)
            saved.Save();
        _descent.Update();
        foreach (Parameter parameter in _others)
            parameter.ClearGradient(); // the backward pass also adds to the gradients of parameters that do not move
    }

    /// <summary>Restores the values from before the last move.</summary>
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

            // The gradient's rows stay valid until the next minibatch.
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
