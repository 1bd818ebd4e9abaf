// Pairs of lanes against their lanes. Cross-entropy and Adam between them use every member: each number gets the same bits.

using ForecEngine.Kernels.Ops;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class LanePairTests
{
    private const int Count = 24;

    [Property]
    public void A_pair_of_pairs_gives_each_number_what_it_gets_alone(Seed seed)
    {
        Draws draws = new(seed);
        Real[] one = draws.Any(Count), other = draws.Any(Count), third = draws.Any(Count), fourth = draws.Any(Count);
        Assert.Equal(
            Results<ScalarLane, Numbers>(array => new(array)),
            Results<LanePair<LanePair<ScalarLane>>, PairMemory<LanePair<ScalarLane>, PairMemory<ScalarLane, Numbers>>>(array => new(new(new(array)))));

        uint[] Results<TLane, TMemory>(Func<Real[], TMemory> memory)
            where TLane : struct, ILane<TLane>
            where TMemory : struct, IMemory<TLane>
        {
            Real[] loss = new Real[Count], p = [.. one], m = [.. other], v = [.. third];
            for (int i = 0; i < Count; i += TLane.Width)
                Elementwise.Binary<BinaryCrossEntropy, TLane, TMemory>(memory(one), memory(other), memory(loss), i);
            Adam.Dense(7, 0.01, 0.9, 0.999, 1e-8, 1e-7).Apply<TLane, TMemory>(memory(p), memory(m), memory(v), memory(fourth), 0, Count);
            return [.. loss.Concat(p).Concat(m).Concat(v).Select(x => Real.IsNaN(x) ? uint.MaxValue : BitConverter.SingleToUInt32Bits(x))];
        }
    }

    private readonly struct Numbers(Real[] array) : IMemory<ScalarLane>
    {
        public ScalarLane Load(int index) => new(array[index]);

        public void Store(int index, ScalarLane value) => array[index] = value.Value;
    }
}
