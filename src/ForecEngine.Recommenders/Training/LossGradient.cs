// The gradient of a minibatch's mean loss. If the device compiles the model's network, the compiled program computes it, otherwise the
// tape. Both give the same bits, and callers do not need to know which.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Training;

/// <summary>Adds the gradients of minibatches to a model's parameters.</summary>
public sealed class LossGradient
{
    private readonly IDevice _device;
    private readonly IRecommender _model;
    private readonly RatingLoss _loss;
    private readonly IOwnLoss? _ownLoss;
    private readonly IDropout? _dropout;
    private readonly ulong _seed;
    private readonly INetworkProgram? _program;
    private readonly Tape _tape;

    /// <summary>The gradients of a model. Parameters that are frozen now stay without a gradient.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="model">The model.</param>
    /// <param name="loss">The loss of the model's logits.</param>
    /// <param name="seed">
    /// The experiment's seed, for the model's own loss or dropout if it has them; null for the loss of its logits without dropout.
    /// </param>
    /// <exception cref="ArgumentException">The model's logits use a parameter that is not among its parameters.</exception>
    public LossGradient(IDevice device, IRecommender model, RatingLoss loss = RatingLoss.Bce, ulong? seed = null)
    {
        (_device, _model, _loss, _tape) = (device, model, loss, new Tape(device));
        (_ownLoss, _seed) = (seed is null ? null : model as IOwnLoss, seed ?? 0);
        _dropout = seed is null || model is not IDropout { Dropout: > 0 } dropping ? null : dropping;
        INetworkProgram? program = Compile(_tape, model);
        _program = loss == RatingLoss.Bce && _ownLoss is null && _dropout is null ? program : null;
    }

    /// <summary>The items of the markets, for <see cref="RatingLoss.Softmax"/>; null for another loss.</summary>
    public MarketItems? Items { get; init; }

    /// <summary>Compiles a model's network. Refuses logits of a parameter that the model does not list: nothing would train it.</summary>
    /// <param name="tape">A tape, which is reset.</param>
    /// <param name="model">The model.</param>
    /// <param name="adapted">The parameters that the inner step of meta-learning moves; null for all.</param>
    /// <returns>The program; null if the device cannot compile the model.</returns>
    internal static INetworkProgram? Compile(Tape tape, IRecommender model, IReadOnlyList<Parameter>? adapted = null)
    {
        Minibatch one = new(tape.Device, 1);
        one.Set([0], [0]);
        tape.Reset();
        Tensor logits = model.Logits(tape, one);
        if (tape.Parameters.FirstOrDefault(used => !model.Parameters.Contains(used)) is { } missing)
            throw new ArgumentException(
                $"{model.GetType().Name}: Logits uses '{missing.Name}', which is not among its Parameters", nameof(model));
        return tape.Compile(logits, one.Samples, model.Parameters, adapted);
    }

    /// <summary>Adds the gradient of a minibatch's mean loss, times a weight, to the model's parameters.</summary>
    /// <param name="batch">The minibatch.</param>
    /// <param name="weight">The factor on the gradient.</param>
    /// <param name="loss">Receives the mean loss, one number.</param>
    /// <param name="step">The step, from 1, which selects the random draws of a loss that has any.</param>
    public void Add(Minibatch batch, Real weight, Slice<Real> loss, int step = 1)
    {
        if (_program is not null)
        {
            _program.Differentiate(batch.Samples, weight, loss);
            return;
        }

        _tape.Reset();
        Tensor mean = Items is not null && _model is IDotProduct dots
            ? Items.Loss(_tape, dots, batch)
            : _ownLoss?.Loss(_tape, batch, _seed, step) ?? _loss.Mean(
                _tape, _dropout?.Logits(_tape, batch, _seed, step) ?? _model.Logits(_tape, batch), batch);
        _tape.Backward(mean, weight);
        _device.Copy(mean.Value.Values, loss);
    }
}
