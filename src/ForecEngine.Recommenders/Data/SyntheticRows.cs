// Writes the lines of a market file in XMarket's processed format, `userId itemId rate date`, as bytes. Ids look like real ones. They
// are unique, because each contains its item's or user's number, scrambled by a bijection; the rest of a user id is random.

using System.Buffers;

namespace ForecEngine.Recommenders.Data;

internal sealed class SyntheticRows
{
    private const int FlushAt = 1 << 16;
    private const int FirstYear = 2012;

    /// <summary>The days from 2012-01-01 to 2020-12-31.</summary>
    public const int Days = (9 * 365) + 3;

    // 35 bits of a number in characters of 5 bits.
    private const int NumberLength = 7;

    private static readonly byte[][] s_dates = Dates();

    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushAt);
    private readonly RandomSequence _ids;
    private readonly byte[] _user;
    private readonly byte[] _item = "B0XXXXXXXX"u8.ToArray();

    public SyntheticRows(Stream stream, SyntheticMarket market, ulong seed)
    {
        _stream = stream;
        _ids = RandomSequence.Named(seed, $"synthetic/ids/{market.Name}");
        _user = new byte[market.UserIdLength];
        "AE"u8.CopyTo(_user);
        _buffer.Write("userId itemId rate date\n"u8);
    }

    private static ReadOnlySpan<byte> UserAlphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8;

    private static ReadOnlySpan<byte> ItemAlphabet => "0123456789ABCDEFGHJKLMNPQRSTVWXZ"u8;

    /// <summary>Sets the user of the following rows.</summary>
    public void BeginUser(int user)
    {
        Digits(Scrambled(user), UserAlphabet, _user.AsSpan(2, NumberLength));
        Span<byte> rest = _user.AsSpan(2 + NumberLength);
        for (int start = 0; start < rest.Length; start += 12)
        {
            Span<byte> part = rest[start..Math.Min(rest.Length, start + 12)];
            Digits(_ids.Bits(((ulong)user << 8) | (uint)start), UserAlphabet, part);
        }
    }

    /// <summary>Writes a row of the current user.</summary>
    /// <param name="item">The item's number in the world.</param>
    /// <param name="rating">From 1 to 5.</param>
    /// <param name="day">From 0 to <see cref="Days"/> - 1.</param>
    public void Write(int item, int rating, int day)
    {
        _item[2] = (byte)'0';
        Digits(Scrambled(item), ItemAlphabet, _item.AsSpan(3, NumberLength));
        _buffer.Write(_user);
        _buffer.Write(" "u8);
        _buffer.Write(_item);
        _buffer.Write([(byte)' ', (byte)('0' + rating), (byte)'.', (byte)'0', (byte)' ']);
        _buffer.Write(s_dates[day]);
        if (_buffer.WrittenCount >= FlushAt)
            Flush();
    }

    /// <summary>Writes the buffered lines to the stream.</summary>
    public void Flush()
    {
        _stream.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    // A bijection on 35 bits: multiplication by an odd number and xor with the number's own upper bits are both invertible.
    private static ulong Scrambled(int number)
    {
        const ulong Mask = (1ul << 35) - 1;
        ulong x = ((ulong)number * 0x2545F4915ul) & Mask;
        x ^= x >> 17;
        x = (x * 0x5851F42D5ul) & Mask;
        return x ^ (x >> 19);
    }

    private static void Digits(ulong bits, ReadOnlySpan<byte> alphabet, Span<byte> text)
    {
        foreach (ref byte digit in text)
        {
            digit = alphabet[(int)(bits & 31)];
            bits >>= 5;
        }
    }

    private static byte[][] Dates()
    {
        DateOnly first = new(FirstYear, 1, 1);
        byte[][] dates = new byte[Days][];
        for (int day = 0; day < Days; day++)
            dates[day] = System.Text.Encoding.ASCII.GetBytes($"{first.AddDays(day):yyyy-MM-dd}\n");
        return dates;
    }
}
