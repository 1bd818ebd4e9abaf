// Compares Philox-4x32-10 with the known answers that its authors publish (Random123, kat_vectors).

using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

public sealed class PhiloxTests
{
    [Fact]
    public void Counter_zero_with_key_zero_has_the_published_answer() => Assert.Equal(
        new PhiloxBlock(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8),
        Philox.Block(new PhiloxBlock(0, 0, 0, 0), 0));

    [Fact]
    public void A_counter_and_key_of_all_ones_have_the_published_answer() => Assert.Equal(
        new PhiloxBlock(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd),
        Philox.Block(new PhiloxBlock(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue), ulong.MaxValue));

    [Fact]
    public void A_counter_and_key_of_digits_of_pi_have_the_published_answer() => Assert.Equal(
        new PhiloxBlock(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
        Philox.Block(new PhiloxBlock(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), 0x299f31d0_a4093822));

    [Property]
    public void One_bit_of_the_counter_or_the_key_changes_about_half_the_bits(ulong low, ulong high, ulong key, byte bit)
    {
        PhiloxBlock counter = new((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32));
        PhiloxBlock block = Philox.Block(counter, key);
        uint flip = 1u << (bit % 32);
        PhiloxBlock[] neighbours =
        [
            Philox.Block(counter with { Word0 = counter.Word0 ^ flip }, key),
            Philox.Block(counter with { Word1 = counter.Word1 ^ flip }, key),
            Philox.Block(counter with { Word2 = counter.Word2 ^ flip }, key),
            Philox.Block(counter with { Word3 = counter.Word3 ^ flip }, key),
            Philox.Block(counter, key ^ flip),
            Philox.Block(counter, key ^ ((ulong)flip << 32)),
        ];
        // 128 fair bits: mean 64, standard deviation 5.7; the limits are seven deviations away.
        foreach (PhiloxBlock neighbour in neighbours)
            Assert.InRange(Differing(block, neighbour), 24, 104);
    }

    [Property]
    public void Many_counters_at_once_have_the_numbers_of_their_blocks(ulong[] counters, byte count, ulong upper, ulong key)
    {
        // Counters drawn by FsCheck, then consecutive ones across a carry into the upper word.
        ulong[] all = [.. counters, .. Enumerable.Range(0, count % 40).Select(i => 0x3_FFFF_FFF0 + (ulong)i)];
        ulong[] numbers = [.. all];
        Philox.Numbers(upper, key, numbers);
        Assert.Equal(all.Select(Expected), numbers);

        ulong Expected(ulong counter) => Number(Philox.Block(
            new PhiloxBlock((uint)counter, (uint)(counter >> 32), (uint)upper, (uint)(upper >> 32)), key));
    }

    private static ulong Number(PhiloxBlock block) => ((ulong)block.Word1 << 32) | block.Word0;

    private static int Differing(PhiloxBlock one, PhiloxBlock other) => int.CreateChecked(
        uint.PopCount(one.Word0 ^ other.Word0) + uint.PopCount(one.Word1 ^ other.Word1)
        + uint.PopCount(one.Word2 ^ other.Word2) + uint.PopCount(one.Word3 ^ other.Word3));
}
