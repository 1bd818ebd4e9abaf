// Timestamp reads numbers and dates and compares them to the nanosecond.

using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class TimestampTests
{
    [Property(MaxTest = 500)]
    public Property A_number_is_read_to_the_nanosecond_and_rounded_down() =>
        Prop.ForAll(Long(99_999).ToArbitrary(), Long(999_999).ToArbitrary(), (whole, signed) =>
        {
            long trillionths = Math.Abs(signed);
            string text = string.Create(CultureInfo.InvariantCulture, $"{whole}.{trillionths:D12}");
            BigInteger exact = (new BigInteger(Math.Abs(whole)) * 1_000_000_000_000) + trillionths;
            if (whole < 0)
                exact = -exact;
            BigInteger nanoseconds = BigInteger.DivRem(exact, 1000, out BigInteger rest) - (rest < 0 ? 1 : 0);
            Timestamp read = Number(text);
            Assert.Equal(nanoseconds, (new BigInteger(read.Seconds) * 1_000_000_000) + read.Nanoseconds);
            Assert.Equal(read, Number(read.ToString()));
        });

    [Property(MaxTest = 300)]
    public Property Timestamps_are_ordered_like_their_nanoseconds() =>
        Prop.ForAll(Gen.Choose(-3, 3).Four().ToArbitrary(), four =>
        {
            Timestamp a = new(four.Item1, four.Item2 + 3), b = new(four.Item3, four.Item4 + 3);
            int order = (four.Item1 * 10) + four.Item2 - (four.Item3 * 10) - four.Item4;
            Assert.Equal(Math.Sign(order), Math.Sign(a.CompareTo(b)));
            Assert.Equal([order < 0, order > 0, order <= 0, order >= 0, order == 0], [(a < b), (a > b), a <= b, a >= b, a == b]);
        });

    [Property(MaxTest = 300)]
    public Property A_number_in_another_unit_gives_the_same_timestamp() =>
        Prop.ForAll(Long(9_000).ToArbitrary(), Gen.Choose(0, 999_999_999).ToArbitrary(), (seconds, nanoseconds) =>
        {
            Timestamp moment = new(seconds, nanoseconds);
            for (int perSecond = 1, decimals = 0; decimals <= 9; perSecond *= 1000, decimals += 3)
            {
                BigInteger number = (new BigInteger(seconds) * 1_000_000_000) + nanoseconds;
                BigInteger unit = BigInteger.Pow(10, 9 - decimals);
                BigInteger whole = BigInteger.DivRem(number, unit, out BigInteger rest);
                string sign = number < 0 ? "-" : "";
                string fraction = BigInteger.Abs(rest).ToString(CultureInfo.InvariantCulture).PadLeft(9 - decimals, '0');
                string text = $"{sign}{BigInteger.Abs(whole)}.{fraction}0";
                Assert.Equal(moment, Number(text).InUnit(perSecond));
                if (decimals == 9)
                    break;
            }
        });

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("1593878903.8", 1593878903, 800_000_000)]
    [InlineData("+7.", 7, 0)]
    [InlineData(".25", 0, 250_000_000)]
    [InlineData("-0.5", -1, 500_000_000)]
    [InlineData("-0.0000000001", -1, 999_999_999)]
    [InlineData("1.5938789038e9", 1593878903, 800_000_000)]
    [InlineData("15E-1", 1, 500_000_000)]
    [InlineData("1e-999", 0, 0)]
    [InlineData("0e999", 0, 0)]
    [InlineData("9223372036854775807", long.MaxValue, 0)]
    public void A_number_is_read_as_seconds_since_1970(string text, long seconds, int nanoseconds) =>
        Assert.Equal(new Timestamp(seconds, nanoseconds), Number(text));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData("1e")]
    [InlineData("1e99")]
    [InlineData("1e99999999999")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    [InlineData("NaN")]
    [InlineData("9223372036854775808")]
    public void A_text_that_is_not_a_number_is_refused(string text) =>
        Assert.False(Timestamp.TryParseNumber(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("1970-01-01", 0, 0)]
    [InlineData("2020-02-29", 1582934400, 0)]
    [InlineData("0001-01-01", -62135596800, 0)]
    [InlineData("9999-12-31", 253402214400, 0)]
    [InlineData("2020-02-29T00:00", 1582934400, 0)]
    [InlineData("2020-02-29 01:02:03", 1582938123, 0)]
    [InlineData("2020-02-29t01:02:03.25z", 1582938123, 250_000_000)]
    [InlineData("2020-02-29T01:02:03.1234567891Z", 1582938123, 123_456_789)]
    [InlineData("2020-02-29 01:02:03 UTC", 1582938123, 0)]
    [InlineData("2020-02-29T01:02:03+01", 1582934523, 0)]
    [InlineData("2020-02-29T01:02:03 +0130", 1582932723, 0)]
    [InlineData("2020-02-29T01:02:03-01:30", 1582943523, 0)]
    [InlineData("2016-12-31T23:59:60Z", 1483228800, 0)]
    public void A_date_is_read_with_its_time_of_day_and_zone(string text, long seconds, int nanoseconds)
    {
        Assert.True(Timestamp.TryParseDate(Encoding.UTF8.GetBytes(text), out Timestamp moment));
        Assert.Equal(new Timestamp(seconds, nanoseconds), moment);
    }

    [Theory]
    [InlineData("2020-02-30")]
    [InlineData("-001-02-03")]
    [InlineData("2020-2-3")]
    [InlineData("2020/02/03")]
    [InlineData("0000-01-01")]
    [InlineData("2020-02-29T")]
    [InlineData("2020-02-29T24:00")]
    [InlineData("2020-02-29T12")]
    [InlineData("2020-02-29T12:00:00.")]
    [InlineData("2020-02-29T12:00:00+1")]
    [InlineData("2020-02-29T12:00:00+25:00")]
    [InlineData("2020-02-29T12:00:00CET")]
    [InlineData("2020-02-29Z")]
    public void A_text_that_is_not_a_date_is_refused(string text) =>
        Assert.False(Timestamp.TryParseDate(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void The_start_of_a_day_is_written_as_a_date()
    {
        Assert.Equal("2020-02-29", new Timestamp(1582934400).ToDate());
        Assert.Equal("0001-01-01", new Timestamp(-62135596800).ToDate());
        Assert.Equal("1969-12-31", new Timestamp(-86400).ToDate());
        Assert.False(new Timestamp(1582934400, 1).IsDate);
        Assert.False(new Timestamp(253402300800).IsDate);
        Assert.Equal(12, Unsafe.SizeOf<Timestamp>());
    }

    private static Gen<long> Long(int millions) =>
        from high in Gen.Choose(-millions, millions) from low in Gen.Choose(0, 999_999) select (high * 1_000_000L) + low;

    private static Timestamp Number(string text)
    {
        Assert.True(Timestamp.TryParseNumber(Encoding.UTF8.GetBytes(text), out Timestamp number), text);
        return number;
    }
}
