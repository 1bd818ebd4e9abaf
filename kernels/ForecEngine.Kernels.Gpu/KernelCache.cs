// Compiled kernels. Compiling one takes milliseconds, so that they are kept.

using System.Reflection;

namespace ForecEngine.Kernels.Gpu;

internal sealed class KernelCache
{
    private readonly Dictionary<MethodInfo, Delegate> _launchers = [];

    /// <summary>The launcher of a kernel, which <paramref name="load"/> compiles at the first call.</summary>
    public TLauncher Find<TKernel, TLauncher>(TKernel kernel, Func<TKernel, TLauncher> load)
        where TKernel : Delegate
        where TLauncher : Delegate
    {
        if (_launchers.TryGetValue(kernel.Method, out Delegate? known))
            return (TLauncher)known;
        TLauncher launcher = load(kernel);
        _launchers.Add(kernel.Method, launcher);
        return launcher;
    }
}
