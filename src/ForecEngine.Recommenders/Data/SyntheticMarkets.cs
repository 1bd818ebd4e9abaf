// Synthetic markets in XMarket's processed format, for the demo, for tests and for trying sizes: users with tastes,
// items that suit them, ratings and dates. A user u has a taste, a unit vector t(u) about the market's own mean, and
// meets items by their popularity in the market (SyntheticCatalogue); an item at cosine c to the taste is taken with
// probability ((1 + c) / 2)^Sharpness, once. So what a user takes next follows from what users of like taste took, in
// this market and, as tastes and items are mostly the same, in others.
//
// User by user, in time proportional to the rows and memory to the items. Every draw is Philox's, by user and trial,
// and decided by whole numbers or + - * / and square roots: the same seed gives the same bytes on every machine.

using System.Numerics.Tensors;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Data;

/// <summary>The generator of synthetic markets.</summary>
public static class SyntheticMarkets
{
    // 16, by four squarings.
    private const int SharpnessSquarings = 4;

    // One user in 32 has many rows, 12 times the mean above the least, as XMarket's long tail has.
    private const double HeavyFraction = 1.0 / 32;
    private const double HeavyFactor = 12;
    private const int MostPerUser = 48;

    private const double TasteShift = 0.3;
    private const int DrawsPerUser = 1 << 16;

    // After so many refusals in a row an item is taken by popularity alone: no taste can be so odd as to stall.
    private const int MostRefusals = 512;

    /// <summary>Writes a market's file: the header and <see cref="SyntheticMarket.Ratings"/> rows, a user's together.</summary>
    /// <param name="market">The market's sizes.</param>
    /// <param name="seed">The same seed gives markets of the same world, and the same bytes again.</param>
    /// <param name="stream">Where to; it is left open.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together; the message says which.</exception>
    public static void Write(SyntheticMarket market, ulong seed, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(market);
        ArgumentNullException.ThrowIfNull(stream);
        Check(market);

        SyntheticCatalogue catalogue = new(market, seed);
        SyntheticRows rows = new(stream, market, seed);
        RandomSequence counts = RandomSequence.Named(seed, $"synthetic/counts/{market.Name}");
        RandomSequence tastes = RandomSequence.Named(seed, $"synthetic/tastes/{market.Name}");
        RandomSequence trials = RandomSequence.Named(seed, $"synthetic/trials/{market.Name}");
        RandomSequence details = RandomSequence.Named(seed, $"synthetic/details/{market.Name}");

        Span<double> shift = stackalloc double[SyntheticCatalogue.Dimension];
        tastes.At(1).Normal(0, shift);
        TensorPrimitives.Multiply(shift, TasteShift, shift);

        long extraLeft = market.Ratings - ((long)market.LeastPerUser * market.Users);
        int mostExtra = Math.Min(MostPerUser, catalogue.Count / 2) - market.LeastPerUser;
        Span<int> taken = stackalloc int[MostPerUser];
        Span<double> taste = stackalloc double[SyntheticCatalogue.Dimension];
        for (int user = 0; user < market.Users; user++)
        {
            int extra = Extra(counts, user, extraLeft, market.Users - user, mostExtra);
            extraLeft -= extra;
            tastes.Normal((ulong)user * SyntheticCatalogue.Dimension, taste);
            TensorPrimitives.Add(taste, shift, taste);
            SyntheticCatalogue.ToUnit(taste);

            rows.BeginUser(user);
            ulong trial = (ulong)user * DrawsPerUser;
            for (int n = 0; n < market.LeastPerUser + extra; n++)
            {
                int item = Take(catalogue, trials, ref trial, taste, taken[..n]);
                taken[n] = item;
                PhiloxBlock draw = details.Block(((ulong)user * DrawsPerUser) + (ulong)n);
                rows.Write(catalogue.Item(item), Rating(catalogue.Affinity(item, taste), draw), Day(draw));
            }
        }

        rows.Flush();
    }

    private static void Check(SyntheticMarket market)
    {
        int most = Math.Min(MostPerUser, market.Catalogue / 2);
        if (market.Users < 1 || market.Items < 2 || market.World < market.Items || market.LeastPerUser < 1 || market.UserIdLength < 12)
            throw new ArgumentException($"{market}: a user, two items, a world of no fewer items, a row a user and ids of 12 are the least", nameof(market));
        if (market.Ratings < (long)market.LeastPerUser * market.Users || market.Ratings > (long)most * market.Users)
        {
            throw new ArgumentException(
                $"{market}: its users have from {market.LeastPerUser} to {most} rows each, so {(long)market.LeastPerUser * market.Users} to {(long)most * market.Users} in all",
                nameof(market));
        }
    }

    // How many rows above the least a user has: geometric, with the mean that the users still to come have on
    // average, so that the total comes out exactly; what they cannot hold between them is not left to the last.
    private static int Extra(RandomSequence counts, int user, long left, int users, int most)
    {
        long least = Math.Max(0, left - ((long)most * (users - 1)));
        if (users == 1 || left == 0)
            return (int)least;

        double mean = (double)left / users;
        double light = mean * (1 - (HeavyFraction * HeavyFactor)) / (1 - HeavyFraction);
        ulong draw = (ulong)user * (MostPerUser + 1);
        double own = counts.Uniform(draw) < HeavyFraction ? mean * HeavyFactor : light;
        double again = own / (1 + own);
        long extra = 0;
        long bound = Math.Min(most, left);
        while (extra < bound && counts.Uniform(++draw) < again)
            extra++;
        return (int)Math.Max(least, extra);
    }

    private static int Take(
        SyntheticCatalogue catalogue, RandomSequence trials, ref ulong trial, ReadOnlySpan<double> taste, ReadOnlySpan<int> taken)
    {
        for (int refusals = 0; ; refusals++)
        {
            PhiloxBlock draw = trials.Block(trial++);
            int item = catalogue.Pick(((ulong)draw.Word1 << 32) | draw.Word0);
            if (taken.Contains(item))
                continue;

            double chance = (1 + catalogue.Affinity(item, taste)) / 2;
            for (int i = 0; i < SharpnessSquarings; i++)
                chance *= chance;
            if (draw.Word2 < chance * 4294967296.0 || refusals >= MostRefusals)
                return item;
        }
    }

    // Stars by how well the item suits and by luck; about two in three are five, as in XMarket.
    private static int Rating(double affinity, PhiloxBlock draw)
    {
        double luck = (draw.Word0 + (double)draw.Word1) / 4294967296.0;
        double pleasure = affinity + luck;
        return pleasure switch
        {
            > 1.65 => 5,
            > 1.3 => 4,
            > 1.05 => 3,
            > 0.85 => 2,
            _ => 1,
        };
    }

    // Later days are likelier, as the market grows: the larger of two even draws.
    private static int Day(PhiloxBlock draw) =>
        (int)(((ulong)Math.Max(draw.Word2, draw.Word3) * SyntheticRows.Days) >> 32);
}
