// A point in time, exact to the nanosecond: whole seconds since 1970 and nanoseconds. A double would round times of today to a few
// hundred nanoseconds.

using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Data;

/// <summary>A moment, to the nanosecond. The default is the start of 1970.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct Timestamp : IComparable<Timestamp>
{
    private const int NanosecondsPerSecond = 1_000_000_000;
    private const int SecondsPerDay = 86_400;
    private const long FirstSecond = -62_135_596_800; // the start of the year 1

    /// <summary>The first second of the year 10000. A later time is taken for a number in a smaller unit than seconds.</summary>
    internal const long EndOfYears = 253_402_300_800;

    /// <summary>The moment of some seconds and nanoseconds after the start of 1970.</summary>
    /// <param name="seconds">The seconds.</param>
    /// <param name="nanoseconds">The nanoseconds after them, from 0 to 999,999,999, also before 1970.</param>
    public Timestamp(long seconds, int nanoseconds = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nanoseconds, NanosecondsPerSecond);
        (Seconds, Nanoseconds) = (seconds, nanoseconds);
    }

    /// <summary>Seconds since the start of 1970, rounded down.</summary>
    public long Seconds { get; }

    /// <summary>The nanoseconds after <see cref="Seconds"/>, from 0 to 999,999,999.</summary>
    public int Nanoseconds { get; }

    /// <summary>Whether it is the start of a day, in UTC, from the year 1 to the year 9999.</summary>
    public bool IsDate => Nanoseconds == 0 && Seconds % SecondsPerDay == 0 && Seconds >= FirstSecond && Seconds < EndOfYears;

    /// <summary>Whether one moment is before another.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.CompareTo(right) < 0;

    /// <summary>Whether one moment is after another.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.CompareTo(right) > 0;

    /// <summary>Whether one moment is before another or the same.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one moment is after another or the same.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.CompareTo(right) >= 0;

    /// <summary>Reads seconds since 1970: digits with an optional sign, fraction and exponent.</summary>
    /// <remarks>Digits after the ninth decimal are rounded down.</remarks>
    /// <returns>False if the text is not such a number, or a <see cref="long"/> cannot hold the seconds.</returns>
    public static bool TryParseNumber(ReadOnlySpan<byte> utf8, out Timestamp number)
    {
        number = default;
        int exponent = 0;
        if (utf8.IndexOfAny((byte)'e', (byte)'E') is >= 0 and int e)
        {
            if (!int.TryParse(utf8[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || exponent is < -1000 or > 1000)
                return false;
            utf8 = utf8[..e];
        }

        bool negative = utf8.StartsWith("-"u8);
        if (negative || utf8.StartsWith("+"u8))
            utf8 = utf8[1..];
        int point = utf8.IndexOf((byte)'.');
        int wholeDigits = point < 0 ? utf8.Length : point;
        if (utf8.Length - (point < 0 ? 0 : 1) == 0)
            return false;

        // Accumulates billionths of a second digit by digit. Of the digits after them, only whether any is not 0 matters.
        Int128 billionths = 0;
        bool rest = false;
        int digit = 0, last = wholeDigits + exponent + 9;
        for (int i = 0; i < utf8.Length; i++)
        {
            if (i == point)
                continue;
            if (utf8[i] is < (byte)'0' or > (byte)'9')
                return false;
            int value = utf8[i] - '0';
            if (digit++ >= last)
                rest |= value != 0;
            else if (!Append(value))
                return false;
        }

        for (; digit < last; digit++)
        {
            if (billionths == 0)
                break;
            if (!Append(0))
                return false;
        }

        if (negative)
            billionths = -billionths - (rest ? 1 : 0);
        number = OfBillionths(billionths);
        return true;

        bool Append(int value)
        {
            billionths = (10 * billionths) + value;
            return billionths <= (Int128)long.MaxValue * NanosecondsPerSecond;
        }
    }

    /// <summary>Reads a date, <c>yyyy-mm-dd</c>, with an optional time of day and zone: <c>2020-02-29T23:59:59.5+01:00</c>.</summary>
    /// <remarks>A space may replace the T. Without a zone it is UTC. Digits after the ninth decimal are rounded down.</remarks>
    public static bool TryParseDate(ReadOnlySpan<byte> utf8, out Timestamp moment)
    {
        moment = default;
        if (utf8.Length < 10 || utf8[4] != '-' || utf8[7] != '-'
            || !TryDigits(utf8[..4], out int year) || !TryDigits(utf8[5..7], out int month) || !TryDigits(utf8[8..10], out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        long seconds = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        ReadOnlySpan<byte> rest = utf8[10..];
        if (rest.IsEmpty)
        {
            moment = new Timestamp(seconds);
            return true;
        }

        if (rest[0] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || !TryTimeOfDay(rest[1..], out int ofDay, out int nanoseconds, out ReadOnlySpan<byte> zone)
            || !TryZone(zone, out int ahead))
        {
            return false;
        }

        moment = new Timestamp(seconds + ofDay - ahead, nanoseconds);
        return true;
    }

    /// <summary>The time whose number of seconds is, in fact, a number of a smaller unit.</summary>
    /// <param name="perSecond">How many units make a second: 1, or a thousand, a million or a billion.</param>
    public Timestamp InUnit(int perSecond)
    {
        (long seconds, long rest) = Math.DivRem(Seconds, perSecond);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + perSecond);
        return new Timestamp(seconds, (int)(((rest * NanosecondsPerSecond) + Nanoseconds) / perSecond));
    }

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The date as <c>yyyy-mm-dd</c>, if <see cref="IsDate"/>.</summary>
    public string ToDate() => IsDate
        ? DateTime.UnixEpoch.AddSeconds(Seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"{this} is not the start of a day");

    /// <summary>Seconds since 1970 with all decimals, so that reading them gives the same time.</summary>
    public override string ToString()
    {
        if (Nanoseconds == 0)
            return Seconds.ToString(CultureInfo.InvariantCulture);
        Int128 billionths = ((Int128)Seconds * NanosecondsPerSecond) + Nanoseconds;
        (Int128 whole, Int128 fraction) = Int128.DivRem(Int128.Abs(billionths), NanosecondsPerSecond);
        StringBuilder text = new();
        return text.Append(billionths < 0 ? "-" : "").Append(CultureInfo.InvariantCulture, $"{whole}.{fraction:D9}")
            .ToString().TrimEnd('0');
    }

    private static Timestamp OfBillionths(Int128 billionths)
    {
        (Int128 seconds, Int128 rest) = Int128.DivRem(billionths, NanosecondsPerSecond);
        return rest < 0 ? new Timestamp((long)(seconds - 1), (int)(rest + NanosecondsPerSecond)) : new Timestamp((long)seconds, (int)rest);
    }

    // hh:mm, hh:mm:ss or hh:mm:ss.fraction; second 60 is a leap second.
    private static bool TryTimeOfDay(ReadOnlySpan<byte> text, out int seconds, out int nanoseconds, out ReadOnlySpan<byte> rest)
    {
        (seconds, nanoseconds) = (0, 0);
        rest = default;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out int hour)
            || !TryDigits(text[3..5], out int minute) || hour > 23 || minute > 59)
            return false;
        seconds = (3600 * hour) + (60 * minute);
        rest = text[5..];
        if (!rest.StartsWith(":"u8))
            return true;
        if (rest.Length < 3 || !TryDigits(rest[1..3], out int second) || second > 60)
            return false;
        seconds += second;
        rest = rest[3..];
        if (rest.IsEmpty || rest[0] is not ((byte)'.' or (byte)','))
            return true;
        int digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and int end ? end : rest.Length - 1;
        for (int i = 0, unit = NanosecondsPerSecond / 10; i < digits && unit > 0; i++, unit /= 10)
            nanoseconds += unit * (rest[1 + i] - '0');
        rest = rest[(1 + digits)..];
        return digits > 0;
    }

    // An empty text, Z, UTC, +hh, +hhmm or +hh:mm.
    private static bool TryZone(ReadOnlySpan<byte> text, out int ahead)
    {
        ahead = 0;
        text = text.TrimStart((byte)' ');
        if (text.IsEmpty || text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8))
            return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6) || (text.Length == 6 && text[3] != ':'))
            return false;
        int minute = 0;
        if (!TryDigits(text[1..3], out int hour) || (text.Length > 3 && !TryDigits(text[^2..], out minute)) || hour > 23 || minute > 59)
            return false;
        ahead = (text[0] == '-' ? -1 : 1) * ((3600 * hour) + (60 * minute));
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
                return false;
            number = (10 * number) + (b - '0');
        }

        return true;
    }
}
