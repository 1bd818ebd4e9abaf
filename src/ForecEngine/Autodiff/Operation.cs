// A record on the tape: an operation with its arguments, which computes the output and adds to the adjoints of the arguments. The tape
// reuses records from pass to pass and binds them to new arguments.

namespace ForecEngine.Autodiff;

/// <summary>A record on the tape. Derive from it to add an operation, and record that with <see cref="Tape.Record"/>.</summary>
public abstract class Operation
{
    /// <summary>The result of the operation.</summary>
    public Tensor Output { get; } = new();

    /// <summary>The first argument; the output itself if there is none.</summary>
    public Tensor First { get; private set; }

    /// <summary>The second argument; the output itself if there is none.</summary>
    public Tensor Second { get; private set; }

    /// <summary>A record without arguments.</summary>
    protected Operation()
    {
        Output.Source = this;
        First = Second = Output;
    }

    /// <summary>Computes the output's value from the arguments' values.</summary>
    public abstract void Forward(IDevice device);

    /// <summary>Adds the contribution of the output's adjoint to the arguments' adjoints. An adjoint that is not needed is empty.</summary>
    public abstract void Backward(IDevice device);

    /// <summary>For an operation with kinks, adds to a digest the side of the kink that each element of the arguments is on.</summary>
    public virtual void AddSides(ref HashCode sides)
    {
    }

    internal void Bind(Tensor first, Tensor second) => (First, Second) = (first, second);
}
