// The element types of the safetensors format that the engine supports.

namespace ForecEngine.Checkpoints;

/// <summary>The type of a tensor's elements, by its name in the format.</summary>
public enum SafeDtype
{
    /// <summary>IEEE 754 half precision; tensors of this type are read, but not created.</summary>
    F16,

    /// <summary>bfloat16, the upper half of a 32-bit float; tensors of this type are read, but not created.</summary>
    BF16,

    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit floating point.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>Byte.</summary>
    U8,
}

internal static class SafeDtypeSize
{
    /// <summary>The size of an element in bytes.</summary>
    public static int Bytes(this SafeDtype dtype) => dtype switch
    {
        SafeDtype.F16 or SafeDtype.BF16 => 2,
        SafeDtype.F32 or SafeDtype.I32 => 4,
        SafeDtype.F64 or SafeDtype.I64 => 8,
        _ => 1,
    };
}
