// The errors of all devices have one type, so that a caller need not know the driver.

namespace ForecEngine.Kernels;

/// <summary>The kind of a device's error.</summary>
public enum DeviceFault
{
    /// <summary>Its memory is full. The device works on; free a model or use smaller minibatches.</summary>
    OutOfMemory,

    /// <summary>The device could not be opened, is no longer there, or its driver refuses all further work.</summary>
    Lost,

    /// <summary>Its driver or compiler refuses a kernel.</summary>
    Compilation,

    /// <summary>A kernel or a copy failed.</summary>
    Execution,
}

/// <summary>An error of a device. The message is one line that begins with the device.</summary>
/// <param name="device">The device, such as <c>opencl:0 (Radeon)</c>.</param>
/// <param name="fault">The kind of the error.</param>
/// <param name="message">What the device could not do, and why.</param>
/// <param name="cause">The error of the driver, if any.</param>
public sealed class DeviceException(string device, DeviceFault fault, string message, Exception? cause = null)
    : Exception($"{device}: {message}", cause)
{
    /// <summary>The device.</summary>
    public string Device { get; } = device;

    /// <summary>The kind of the error.</summary>
    public DeviceFault Fault { get; } = fault;
}
