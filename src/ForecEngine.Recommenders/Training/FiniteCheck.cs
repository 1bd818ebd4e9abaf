// Checks tensors for NaN and infinities on the device; the host only reads a count for each tensor.

namespace ForecEngine.Recommenders.Training;

internal sealed class FiniteCheck
{
    private readonly IDevice _device;
    private readonly (string Name, Slice<Real> Values)[] _tensors;
    private readonly Matrix[] _rows; // the tensors, each as one row
    private readonly Slice<int> _counts;

    /// <summary>Checks trained parameters and optimiser state; with infinite moments, parameters would silently stop moving.</summary>
    public FiniteCheck(IDevice device, IReadOnlyList<Parameter> parameters, Optimiser optimiser)
    {
        _device = device;
        _tensors =
        [
            .. parameters.Where(parameter => !parameter.IsFrozen).Select(parameter => (parameter.Name, parameter.Value.Values)),
            .. optimiser.State.Select(tensor => (tensor.Name, tensor.Values)),
        ];
        _rows = [.. _tensors.Select(tensor => new Matrix(tensor.Values, 1, tensor.Values.Length))];
        _counts = device.Allocate<int>(_tensors.Length).Slice();
    }

    /// <summary>The name of the first tensor with a number that is not finite; null if all are finite.</summary>
    public string? NonFinite()
    {
        using OpenSpan span = TraceSpan.OfStage("checking");
        _device.CountNonFinite(_counts, _rows);
        int[] counts = new int[_tensors.Length];
        _counts.Read(counts);
        int found = Array.FindIndex(counts, count => count > 0);
        return found < 0 ? null : _tensors[found].Name;
    }
}
