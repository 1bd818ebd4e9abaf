// An entry of the catalog of models: how a model is created, how its checkpoint is recognised and read, and its requirements on plans.

namespace ForecEngine.Recommenders.Models;

/// <summary>A model of the catalog.</summary>
/// <param name="Name">The name in plans and records.</param>
/// <param name="Recognise">
/// Returns the sizes of the model in a checkpoint, or null if it holds another model. It checks the shape of every tensor against the
/// sizes, so that a damaged file cannot cause a large allocation.
/// </param>
/// <param name="Load">Creates the model from a checkpoint.</param>
public sealed record ModelEntry(
    string Name, Func<SafetensorsFile, ModelShape?> Recognise, Func<IDevice, SafetensorsFile, ModelShape, IFittedModel> Load)
{
    /// <summary>A model that is trained by gradient.</summary>
    /// <param name="name">The name.</param>
    /// <param name="create">Creates a model of zeros.</param>
    /// <param name="recognise">Returns the sizes of the model in a checkpoint, or null.</param>
    public ModelEntry(string name, Func<IDevice, ModelShape, IRecommender> create, Func<SafetensorsFile, ModelShape?> recognise)
        : this(name, recognise, (device, file, shape) =>
        {
            IRecommender model = create(device, shape);
            ModelCheckpoint.Read(file, model);
            return model;
        }) => Create = create;

    /// <summary>Creates a model of zeros; null if the model is not trained by gradient.</summary>
    public Func<IDevice, ModelShape, IRecommender>? Create { get; }

    /// <summary>Whether all samples of a minibatch must be of one market.</summary>
    public bool NeedsOneMarket { get; init; }

    /// <summary>Whether the widths of <see cref="ModelShape.Layers"/> can be chosen.</summary>
    public bool HasLayers { get; init; }

    /// <summary>Whether <see cref="ModelShape.Dropout"/> has an effect (<see cref="IDropout"/>).</summary>
    public bool HasDropout { get; init; }

    /// <summary>Whether the loss <see cref="RatingLoss.Softmax"/> is possible: logits are dot products.</summary>
    public bool HasDotProducts { get; internal init; }

    /// <summary>Whether the model depends on which market is the target (<see cref="ModelShape.Target"/>).</summary>
    public bool SetsTargetApart { get; init; }
}
