// Compiled kernels. Compiling one takes milliseconds, so that they are kept. A launcher is wrapped in code that counts, times and guards
// its calls; the code is generated, because launchers have many signatures.

using System.Linq.Expressions;
using System.Reflection;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The kernels that a device has compiled.</summary>
/// <param name="queue">Counts the launches.</param>
/// <param name="load">Compiles a kernel; see <see cref="Load"/>.</param>
internal sealed class KernelCache(GpuQueue queue, Func<Delegate, Delegate> load)
{
    private static readonly MethodInfo s_begin = typeof(GpuQueue).GetMethod(nameof(GpuQueue.Begin))!;
    private static readonly MethodInfo s_end = typeof(GpuQueue).GetMethod(nameof(GpuQueue.End))!;
    private static readonly MethodInfo s_fault = typeof(GpuFaults).GetMethod(nameof(GpuFaults.OfExecution))!;

    private readonly Dictionary<MethodInfo, Delegate> _launchers = [];

    /// <summary>
    /// The launcher of a kernel, which is compiled at the first call. A kernel whose first argument is an index runs a thread per index;
    /// the launchers of others take a configuration of groups before their arguments.
    /// </summary>
    /// <exception cref="DeviceException">The kernel does not build. The device then refuses further work.</exception>
    public TLauncher Find<TKernel, TLauncher>(TKernel kernel)
        where TKernel : Delegate
        where TLauncher : Delegate
    {
        if (_launchers.TryGetValue(kernel.Method, out Delegate? known))
            return (TLauncher)known;
        queue.Faults.RequireWhole();
        string name = GpuQueue.NameOf(kernel.Method);
        try
        {
            TLauncher launcher = Guarded((TLauncher)load(kernel), name);
            _launchers.Add(kernel.Method, launcher);
            return launcher;
        }
        catch (Exception cause)
        {
            throw queue.Faults.OfCompilation(name, cause);
        }
    }

    /// <summary>Compiles a kernel and makes its launcher.</summary>
    /// <remarks>
    /// ILGPU has one load method per number of arguments. Reflection finds the right one. Passing the method as a delegate instead would
    /// allocate memory at every launch.
    /// </remarks>
    public static Delegate Load(Accelerator accelerator, Delegate kernel)
    {
        Type[] arguments = kernel.GetType().GetGenericArguments();
        string name = arguments[0] == typeof(Index1D)
            ? nameof(KernelLoaders.LoadAutoGroupedStreamKernel) : nameof(KernelLoaders.LoadStreamKernel);
        MethodInfo load = typeof(KernelLoaders).GetMethods().Single(method => method.Name == name
            && method.GetGenericArguments().Length == arguments.Length && method.GetParameters().Length == 2
            && method.GetParameters()[1].ParameterType.IsGenericType
            && method.GetParameters()[1].ParameterType.GetGenericTypeDefinition() == kernel.GetType().GetGenericTypeDefinition());
        return (Delegate)load.MakeGenericMethod(arguments).Invoke(
            null, BindingFlags.DoNotWrapExceptions, null, [accelerator, kernel], null)!;
    }

    // (arguments) => { start = queue.Begin(); try { launcher(arguments); queue.End(name, start); } catch (cause) { throw ...; } }
    private TLauncher Guarded<TLauncher>(TLauncher launcher, string name)
        where TLauncher : Delegate
    {
        ParameterExpression[] arguments =
            [.. typeof(TLauncher).GetMethod("Invoke")!.GetParameters().Select(p => Expression.Parameter(p.ParameterType, p.Name))];
        ParameterExpression start = Expression.Variable(typeof(ProfilingMarker)), cause = Expression.Parameter(typeof(Exception));
        Expression own = Expression.Constant(queue);
        return Expression.Lambda<TLauncher>(
            Expression.Block(
                [start],
                Expression.Assign(start, Expression.Call(own, s_begin)),
                Expression.TryCatch(
                    Expression.Block(
                        typeof(void),
                        Expression.Invoke(Expression.Constant(launcher), arguments),
                        Expression.Call(own, s_end, Expression.Constant(name), start)),
                    Expression.Catch(
                        cause,
                        Expression.Throw(Expression.Call(
                            Expression.Constant(queue.Faults), s_fault, Expression.Constant($"the kernel {name}"), cause))))),
            arguments).Compile();
    }
}
