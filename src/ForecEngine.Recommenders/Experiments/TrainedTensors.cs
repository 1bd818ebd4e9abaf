// The tensors from which a phase that is trained by gradients can be resumed: parameters, the optimiser's state, and the means and best
// values of parameters.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Saves and restores the tensors of a phase.</summary>
/// <param name="parameters">The parameters of the model.</param>
/// <param name="optimiser">Their optimiser.</param>
/// <param name="trainer">Their trainer.</param>
internal sealed class TrainedTensors(IReadOnlyList<Parameter> parameters, Optimiser optimiser, PhaseTrainer trainer)
{
    private const string Best = "best.", Average = "average.";

    /// <inheritdoc cref="IFitting.Save"/>
    public StageContent Save(PhaseState state) => new([.. Places(state).Select(place => place.ToTensor())], optimiser.Steps);

    /// <inheritdoc cref="IFitting.Restore"/>
    public void Restore(SafetensorsFile file, PhaseState state, int steps)
    {
        // Every value is read and checked before the first is written.
        (Slice<Real> To, Real[] Values)[] writes =
            [.. Places(state).Select(place => (place.Values, place.Read(file)))];
        foreach ((Slice<Real> to, Real[] values) in writes)
            to.Write(values);
        optimiser.Steps = steps;
        if (state is { BestEpoch: { } epoch and > 0, BestScore: { } score })
            trainer.Best?.Resume(epoch, score);
    }

    // All values that a stage stores, by tensor name.
    private IEnumerable<Place> Places(PhaseState state)
    {
        foreach (Parameter parameter in parameters.Where(parameter => !parameter.IsFrozen))
            yield return new(parameter.Name, parameter.Shape, parameter.Value.Values);
        foreach ((string name, Parameter parameter, Slice<Real> values) in optimiser.State)
            yield return new(name, parameter.Shape, values);
        foreach ((Parameter parameter, Slice<Real> mean) in trainer.Average?.Means ?? [])
            yield return new(Average + parameter.Name, parameter.Shape, mean);
        if (state.BestEpoch is > 0 && trainer.Best is { } best)
        {
            foreach ((Parameter parameter, Slice<Real> copy) in best.Copies)
                yield return new(Best + parameter.Name, parameter.Shape, copy);
        }
    }

    private readonly record struct Place(string Name, IReadOnlyList<int> Shape, Slice<Real> Values)
    {
        public SafeTensor ToTensor() => SafeTensor.Of(Name, Values, [.. Shape]);

        public Real[] Read(SafetensorsFile file)
        {
            SafeTensor tensor = file.Find(Name, [.. Shape]);
            SafeDtype needed = ToTensor().Dtype;
            if (tensor.Dtype != needed)
                throw new CheckpointException(file.Path, $"tensor '{Name}' is {tensor.Dtype}; expects {needed}");
            Real[] values = new Real[tensor.Count];
            tensor.CopyTo(values);
            return values;
        }
    }
}
