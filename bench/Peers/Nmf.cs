// Neural matrix factorisation (He et al., WWW 2017) in TorchSharp: 8-dimensional embeddings, layers 16-64-32-16-8.

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ForecEngine.Peers;

/// <summary>A (user, item, label) triple of a .samples file.</summary>
internal readonly record struct Sample(int User, int Item, float Label);

/// <summary>A minibatch as tensors.</summary>
internal sealed record Minibatch(Tensor Users, Tensor Items, Tensor Labels);

/// <summary>The model.</summary>
internal sealed class Nmf : nn.Module<Tensor, Tensor, Tensor>
{
    private const int Dimension = 8;
    private static readonly int[] s_widths = [16, 64, 32, 16, 8];

    private readonly Embedding _userMlp;
    private readonly Embedding _itemMlp;
    private readonly Embedding _userMf;
    private readonly Embedding _itemMf;
    private readonly Sequential _tower;
    private readonly Linear _output;

    public Nmf(int users, int items)
        : base(nameof(Nmf))
    {
        _userMlp = nn.Embedding(users, Dimension);
        _itemMlp = nn.Embedding(items, Dimension);
        _userMf = nn.Embedding(users, Dimension);
        _itemMf = nn.Embedding(items, Dimension);
        _tower = nn.Sequential(s_widths.Zip(s_widths.Skip(1)).SelectMany((width, i) => ((string, nn.Module<Tensor, Tensor>)[])
            [($"linear{i}", nn.Linear(width.First, width.Second)), ($"relu{i}", nn.ReLU())]));
        _output = nn.Linear(s_widths[^1] + Dimension, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor users, Tensor items)
    {
        Tensor tower = _tower.forward(cat([_userMlp.forward(users), _itemMlp.forward(items)], 1));
        Tensor product = _userMf.forward(users) * _itemMf.forward(items);
        return _output.forward(cat([tower, product], 1)).squeeze(1);
    }

    /// <summary>The mean binary cross-entropy of a minibatch.</summary>
    public Tensor Loss(Minibatch batch) => nn.functional.binary_cross_entropy_with_logits(forward(batch.Users, batch.Items), batch.Labels);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (nn.Module module in (nn.Module[])[_userMlp, _itemMlp, _userMf, _itemMf, _tower, _output])
                module.Dispose();
        }

        base.Dispose(disposing);
    }
}
