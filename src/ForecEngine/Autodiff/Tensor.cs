// A value on the tape.

using ForecEngine.Kernels;

namespace ForecEngine.Autodiff;

/// <summary>
/// A matrix that the tape computed or was given, with its adjoint once the tape has been played backwards. It is valid
/// until the tape is reset, which reuses it.
/// </summary>
public sealed class Tensor
{
    internal Tensor()
    {
    }

    /// <summary>The record that computes it.</summary>
    internal Operation? Source { get; set; }

    /// <summary>How many rows: samples, as a rule.</summary>
    public int Rows => Value.Rows;

    /// <summary>How many columns: features, as a rule.</summary>
    public int Columns => Value.Columns;

    /// <summary>The values.</summary>
    public Matrix Value { get; private set; }

    /// <summary>The adjoint; empty where no parameter depends on it or the tape does not record.</summary>
    public Matrix Gradient { get; private set; }

    /// <summary>Whether a parameter is behind this value, so that its adjoint is wanted.</summary>
    public bool NeedsGradient { get; private set; }

    internal void Set(Matrix value, Matrix gradient, bool needsGradient)
    {
        Value = value;
        Gradient = gradient;
        NeedsGradient = needsGradient;
    }
}
