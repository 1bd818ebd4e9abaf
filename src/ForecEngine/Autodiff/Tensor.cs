// A value on the tape.

namespace ForecEngine.Autodiff;

/// <summary>
/// A matrix that the tape computed or was given, with its adjoint after <see cref="Tape.Backward"/>. It is valid until the tape is
/// reset.
/// </summary>
public sealed class Tensor
{
    internal Tensor()
    {
    }

    /// <summary>The record that computes it.</summary>
    internal Operation? Source { get; set; }

    /// <summary>The number of rows, usually samples.</summary>
    public int Rows => Value.Rows;

    /// <summary>The number of columns, usually features.</summary>
    public int Columns => Value.Columns;

    /// <summary>The values.</summary>
    public Matrix Value { get; private set; }

    /// <summary>The adjoint; empty if it is not needed.</summary>
    public Matrix Gradient { get; private set; }

    /// <summary>Whether the adjoint is needed: the tape records, and the value depends on a parameter that is not frozen.</summary>
    public bool NeedsGradient { get; private set; }

    internal void Set(Matrix value, Matrix gradient, bool needsGradient)
    {
        Value = value;
        Gradient = gradient;
        NeedsGradient = needsGradient;
    }
}
