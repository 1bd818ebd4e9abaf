// The element types of a safetensors file that the engine knows.

namespace ForecEngine.Checkpoints;

/// <summary>The type of a tensor's elements; the names are the format's.</summary>
public enum SafeDtype
{
    /// <summary>16-bit floating point of IEEE 754; read, never written anew.</summary>
    F16,

    /// <summary>The upper half of a 32-bit floating-point number; read, never written anew.</summary>
    BF16,

    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit floating point.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>Byte; also the UTF-8 text of an id table.</summary>
    U8,
}

internal static class SafeDtypeSize
{
    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this SafeDtype dtype) => dtype switch
    {
        SafeDtype.F16 or SafeDtype.BF16 => 2,
        SafeDtype.F32 or SafeDtype.I32 => 4,
        SafeDtype.F64 or SafeDtype.I64 => 8,
        SafeDtype.U8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a dtype"),
    };
}
