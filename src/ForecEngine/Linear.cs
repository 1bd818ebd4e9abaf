// A dense layer.

namespace ForecEngine;

/// <summary>A dense layer, y = x W' + b.</summary>
public sealed class Linear
{
    /// <summary>A layer of zeros with PyTorch's names: <c>NAME.weight</c> [out, in] and <c>NAME.bias</c> [out].</summary>
    public Linear(IDevice device, string name, int inputs, int outputs)
    {
        Weight = new DenseParameter(device, $"{name}.weight", outputs, inputs);
        Bias = new DenseParameter(device, $"{name}.bias", outputs);
    }

    private Linear(DenseParameter weight, DenseParameter bias) => (Weight, Bias) = (weight, bias);

    /// <summary>The weight, [out, in].</summary>
    public DenseParameter Weight { get; }

    /// <summary>The bias, [out].</summary>
    public DenseParameter Bias { get; }

    /// <summary>Both parameters.</summary>
    public IEnumerable<Parameter> Parameters => [Weight, Bias];

    /// <summary>The layer applied to x, [rows, in].</summary>
    public Tensor Apply(Tape tape, Tensor x) => tape.Dense(x, this);

    /// <summary>A frozen view of this layer for another model, in the same memory and without gradients.</summary>
    public Linear Frozen() => new(Weight.Frozen(), Bias.Frozen());

    /// <summary>A copy of the layer.</summary>
    public Linear Copy(IDevice device) => new(Weight.Copy(device), Bias.Copy(device));

    /// <summary>Draws weight and bias uniformly from +-1/sqrt(in), PyTorch's default.</summary>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="purpose">The name of the draws. Draws of the same seed with other names are independent.</param>
    /// <param name="drawsBias">Whether the bias is drawn; if not, it is unchanged, which is 0 in a new layer.</param>
    public void Initialise(ulong seed, string purpose, bool drawsBias = true)
    {
        double bound = 1 / Math.Sqrt(Weight.Value.Columns);
        Initial.Uniform(Weight, bound, seed, purpose);
        if (drawsBias)
            Initial.Uniform(Bias, bound, seed, purpose);
    }
}
