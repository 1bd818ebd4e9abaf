// What a recommender is to training, evaluation and checkpoints.

using ForecEngine.Autodiff;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Scoring;

namespace ForecEngine.Recommenders.Models;

/// <summary>A model that is trained by gradient and scores users and items by its logits.</summary>
public interface IRecommender : IFittedModel
{
    IEnumerable<SafeTensor> IFittedModel.Tensors => Parameters.Select(p => SafeTensor.Of(p.Name, p.Value.Values, [.. p.Shape]));

    /// <summary>Everything it learns, under the names that checkpoints know.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Draws its initial values.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="purpose">What distinguishes this model from others of the same seed, such as <c>nmf++/de,uk</c>.</param>
    /// <param name="embeddingDeviation">The standard deviation of embedding vectors.</param>
    void Initialise(ulong seed, string purpose, double embeddingDeviation);

    /// <summary>The logit of each sample's label being 1: [samples, 1].</summary>
    Tensor Logits(Tape tape, Minibatch batch);

    /// <summary>
    /// The same model for other users: tables of its own for them, zeros and not frozen; everything else is this model's own
    /// memory, frozen.
    /// </summary>
    /// <param name="device">Where the model lives.</param>
    /// <param name="users">How many users.</param>
    IRecommender WithUsers(IDevice device, int users);

    IScorer IFittedModel.Scorer(IDevice device, int market, NewUsers? newUsers) => new ModelScorer(
        device, this, market, newUsers is null ? null : new FoldIn(device, this, market, newUsers.Users, newUsers.Items, newUsers.Options));
}
