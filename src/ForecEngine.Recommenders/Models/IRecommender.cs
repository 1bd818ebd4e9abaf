// The interface of neural models for training, evaluation and checkpoints.

namespace ForecEngine.Recommenders.Models;

/// <summary>A model that is trained by gradient and scores users and items by its logits.</summary>
public interface IRecommender : IFittedModel
{
    IEnumerable<SafeTensor> IFittedModel.Tensors => Parameters.Select(p => SafeTensor.Of(p.Name, p.Value.Values, [.. p.Shape]));

    /// <summary>Its parameters, by their names in checkpoints.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Draws its initial values.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="purpose">The name of the draws, such as <c>nmf++/de,uk</c>. Models with other names get other values.</param>
    /// <param name="embeddingDeviation">The standard deviation of embedding vectors.</param>
    void Initialise(ulong seed, string purpose, double embeddingDeviation);

    /// <summary>The logit of each sample's label being 1: [samples, 1].</summary>
    Tensor Logits(Tape tape, Minibatch batch);

    /// <summary>
    /// The same model for other users: it has user tables of zeros, which are not frozen. All other parameters are frozen views of this
    /// model's.
    /// </summary>
    /// <param name="device">The device that holds the model.</param>
    /// <param name="users">The number of users.</param>
    IRecommender WithUsers(IDevice device, int users);

    IScorer IFittedModel.Scorer(IDevice device, int market, NewUsers? newUsers) => new ModelScorer(
        device, this, market, newUsers is null ? null : new FoldIn(device, this, market, newUsers.Users, newUsers.Items, newUsers.Options));
}
