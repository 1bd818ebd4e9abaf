// What the catalog says of a model: how it is made, how its checkpoint is recognised and read, and what it asks of plans.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Scoring;

namespace ForecEngine.Recommenders.Models;

/// <summary>A model of the catalog.</summary>
/// <param name="Name">The name that plans and records use.</param>
/// <param name="Recognise">
/// The sizes of the model that a checkpoint holds, or null where that is not this model. It checks the shape of every tensor that the
/// sizes make, so that no memory is allocated for sizes that a file does not have.
/// </param>
/// <param name="Load">Makes the model of a checkpoint.</param>
public sealed record ModelEntry(
    string Name, Func<SafetensorsFile, ModelShape?> Recognise, Func<IDevice, SafetensorsFile, ModelShape, IFittedModel> Load)
{
    /// <summary>A model that is trained by gradient.</summary>
    /// <param name="name">The name.</param>
    /// <param name="create">Makes a model of zeros.</param>
    /// <param name="recognise">The sizes of the model that a checkpoint holds, or null.</param>
    public ModelEntry(string name, Func<IDevice, ModelShape, IRecommender> create, Func<SafetensorsFile, ModelShape?> recognise)
        : this(name, recognise, (device, file, shape) =>
        {
            IRecommender model = create(device, shape);
            ModelCheckpoint.Read(file, model);
            return model;
        }) => Create = create;

    /// <summary>Makes a model of zeros; null where the model is not trained by gradient.</summary>
    public Func<IDevice, ModelShape, IRecommender>? Create { get; }

    /// <summary>Whether it scores minibatches of one market only.</summary>
    public bool NeedsOneMarket { get; init; }

    /// <summary>Whether the widths of <see cref="ModelShape.Layers"/> are its to choose.</summary>
    public bool HasLayers { get; init; }

    /// <summary>Whether it sets the target apart (<see cref="ModelShape.Target"/>), so that it is another one for another target.</summary>
    public bool SetsTargetApart { get; init; }
}
