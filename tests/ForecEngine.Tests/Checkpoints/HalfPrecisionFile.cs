// Writes safetensors files in half precision, which other programs write and the engine only reads.

using System.Buffers.Binary;
using System.Text;
using ForecEngine.Checkpoints;

namespace ForecEngine.Tests.Checkpoints;

internal static class HalfPrecisionFile
{
    /// <summary>Writes tensors rounded to F16 or truncated to BF16.</summary>
    public static void Write(string path, SafeDtype dtype, IReadOnlyList<SafeTensor> tensors)
    {
        using MemoryStream data = new();
        List<string> entries = [];
        foreach (SafeTensor tensor in tensors)
        {
            long begin = data.Length;
            foreach (float value in tensor.ToSingles())
            {
                ushort half = dtype == SafeDtype.F16
                    ? BitConverter.HalfToUInt16Bits((Half)value)
                    : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
                data.Write([(byte)half, (byte)(half >> 8)]);
            }

            string shape = string.Join(',', tensor.Shape);
            entries.Add(
                $$"""  "{{tensor.Name}}":{"dtype":"{{dtype}}","shape":[{{shape}}],"data_offsets":[{{begin}},{{data.Length}}]}""".Trim());
        }

        byte[] header = Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}"), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [.. length, .. header, .. data.ToArray()]);
    }
}
