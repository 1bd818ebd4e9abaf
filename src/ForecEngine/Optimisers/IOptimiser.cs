// What turns gradients into a step.

namespace ForecEngine.Optimisers;

/// <summary>Moves parameters by their gradients.</summary>
public interface IOptimiser
{
    /// <summary>Moves every parameter once by the gradient it has gathered, and forgets the gradients.</summary>
    void Update();
}
