// A record on the tape: it knows its arguments and how to hand its output's adjoint on to them. Records are kept from pass to pass and
// bound anew, so their arguments can be set.

using ForecEngine.Kernels;

namespace ForecEngine.Autodiff;

/// <summary>A record on the tape. Derive from it to add an operation; <see cref="Tape.Next{TOperation}"/> says how it gets on a tape.</summary>
public abstract class Operation
{
    /// <summary>What the operation computes.</summary>
    public Tensor Output { get; } = new();

    /// <summary>The first argument; the output itself where there is none.</summary>
    public Tensor First { get; private set; }

    /// <summary>The second argument; the output itself where there is none.</summary>
    public Tensor Second { get; private set; }

    /// <summary>A record without arguments.</summary>
    protected Operation()
    {
        Output.Source = this;
        First = Second = Output;
    }

    /// <summary>Overwrites the output's value, computed from the arguments'.</summary>
    public abstract void Forward(IDevice device);

    /// <summary>Adds to the adjoints of the arguments what follows from the output's. An adjoint that is not wanted is empty.</summary>
    public abstract void Backward(IDevice device);

    /// <summary>Adds to a digest on which side of a kink each element of the arguments lies, if the operation has kinks.</summary>
    public virtual void AddSides(ref HashCode sides)
    {
    }

    internal void Bind(Tensor first, Tensor second) => (First, Second) = (first, second);
}
