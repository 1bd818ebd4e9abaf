// A digest of a market's rows. The same rows in another file format or another unit of time have the same digest.

using System.Buffers.Binary;

namespace ForecEngine.Recommenders.Data;

internal static class RatingsDigest
{
    /// <summary>SHA-256 of the rows, in hexadecimal.</summary>
    public static string Of(
        IdTable users, IdTable items, ReadOnlySpan<int> userOf, ReadOnlySpan<int> itemOf,
        ReadOnlySpan<float> rating, ReadOnlySpan<Timestamp> time)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] rows = new byte[1 << 14];
        int used = 0;
        bool fractions = false;
        for (int row = 0; row < userOf.Length; row++)
        {
            // user TAB item TAB rating seconds, little-endian. Ids contain no tab, so different rows give different bytes.
            ReadOnlySpan<byte> user = users.Utf8(userOf[row]), item = items.Utf8(itemOf[row]);
            Span<byte> bytes = Room(user.Length + item.Length + 2 + sizeof(float) + sizeof(long));
            user.CopyTo(bytes);
            bytes[user.Length] = (byte)'\t';
            item.CopyTo(bytes[(user.Length + 1)..]);
            bytes = bytes[(user.Length + 1 + item.Length)..];
            bytes[0] = (byte)'\t';
            BinaryPrimitives.WriteSingleLittleEndian(bytes[1..], rating[row]);
            Timestamp moment = time.IsEmpty ? default : time[row];
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(1 + sizeof(float))..], moment.Seconds);
            fractions |= moment.Nanoseconds > 0;
        }

        if (fractions)
        {
            // A row never begins with a tab, so the nanoseconds cannot be taken for another row.
            Room(1)[0] = (byte)'\t';
            foreach (Timestamp moment in time)
                BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), moment.Nanoseconds);
        }

        hash.AppendData(rows, 0, used);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        Span<byte> Room(int length)
        {
            if (used + length > rows.Length)
            {
                hash.AppendData(rows, 0, used);
                used = 0;
                if (length > rows.Length)
                    rows = new byte[2 * length];
            }

            used += length;
            return rows.AsSpan(used - length, length);
        }
    }
}
