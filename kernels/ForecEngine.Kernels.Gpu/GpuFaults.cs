// Turns the errors of ILGPU and of the drivers into one line and one type. After every error but a full memory, the device refuses all
// further work with the first error's message: a failed compilation spoils ILGPU's context (later kernels fail with an index out of
// range), and a driver that has failed once gives unrelated errors afterwards.

using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The errors of an accelerator.</summary>
/// <param name="info">The accelerator.</param>
internal sealed class GpuFaults(AcceleratorInfo info)
{
    private static readonly string[] s_lostCuda =
    [
        "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA_ERROR_NO_DEVICE", "CUDA_ERROR_INVALID_DEVICE", "CUDA_ERROR_ECC_UNCORRECTABLE",
        "CUDA_ERROR_NVLINK_UNCORRECTABLE", "CUDA_ERROR_CONTEXT_IS_DESTROYED", "CUDA_ERROR_SYSTEM_NOT_READY",
    ];

    private DeviceException? _first;

    /// <summary>The accelerator in messages.</summary>
    public string Device { get; } = $"{info.Id} ({info.Name})";

    /// <summary>Whether the device refuses further work.</summary>
    public bool IsBroken => _first is not null;

    /// <summary>Refuses further work after an error.</summary>
    public void RequireWhole()
    {
        if (_first is not null)
            throw new DeviceException(_first.Device, _first.Fault, _first.Message[(_first.Device.Length + 2)..], _first);
    }

    /// <summary>The error of an allocation.</summary>
    public DeviceException OfAllocation(long bytes, Exception cause) =>
        IsOutOfMemory(cause) || cause is CLException { Error: CLError.CL_OUT_OF_RESOURCES }
            ? OutOfMemory(string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB more do not fit"), cause)
            : OfExecution("an allocation", cause);

    /// <summary>The error of a kernel's compilation.</summary>
    public DeviceException OfCompilation(string kernel, Exception cause) =>
        Keep(new DeviceException(Device, DeviceFault.Compilation, $"the kernel {kernel} does not build: {Reason(cause)}", cause));

    /// <summary>The error of a launch or of a copy.</summary>
    /// <param name="what">What failed.</param>
    /// <param name="cause">The error.</param>
    public DeviceException OfExecution(string what, Exception cause) =>
        cause is DeviceException known ? known
        : IsOutOfMemory(cause) ? OutOfMemory($"{what} does not fit", cause)
        : IsLost(cause) ? Keep(new DeviceException(Device, DeviceFault.Lost, $"the device is lost: {Reason(cause)} at {what}", cause))
        : Keep(new DeviceException(Device, DeviceFault.Execution, $"{what} failed: {Reason(cause)}", cause));

    /// <summary>The error of opening the accelerator.</summary>
    public DeviceException OfOpening(Exception cause) =>
        new(Device, DeviceFault.Lost, $"the device cannot be opened: {Reason(cause)}", cause);

    private DeviceException OutOfMemory(string what, Exception cause) => new(
        Device, DeviceFault.OutOfMemory, $"out of memory: {what} ({Reason(cause)}); free a model or use a smaller batch", cause);

    private DeviceException Keep(DeviceException error) => _first ??= error;

    private static bool IsOutOfMemory(Exception cause) => cause switch
    {
        OutOfMemoryException => true,
        CudaException cuda => cuda.Error == "CUDA_ERROR_OUT_OF_MEMORY",
        CLException { Error: var error } => error
            is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_HOST_MEMORY or CLError.CL_INVALID_BUFFER_SIZE,
        _ => false,
    };

    private static bool IsLost(Exception cause) => cause switch
    {
        CudaException cuda => s_lostCuda.Contains(cuda.Error),
        CLException { Error: var error } => error == CLError.CL_DEVICE_NOT_AVAILABLE,
        _ => false,
    };

    // In one line; the message of an OpenCL error says nothing but its type.
    private static string Reason(Exception cause)
    {
        Exception inner = cause;
        while (inner.InnerException is { } deeper)
            inner = deeper;
        return inner switch
        {
            CLException { Error: var error } => $"{error}",
            OutOfMemoryException => "the host refuses it",
            _ => string.Join(' ', inner.Message.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)),
        };
    }
}
