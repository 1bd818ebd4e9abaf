// Generates synthetic markets in XMarket's processed format, for the demo, for tests and for trying sizes. A user has a taste, a unit
// vector near the market's mean. Items are drawn by their popularity in the market (SyntheticCatalogue), and an item at cosine c to
// the taste is accepted with probability ((1 + c) / 2)^16, at most once. So a user's items can be predicted from those of users
// with a similar taste, in this market and, since markets share most of their items' directions, in others.
//
// Time is proportional to the rows and memory to the items. Every draw is a Philox draw by (user, trial), and all other
// arithmetic is whole numbers, + - * / and square roots, so that a seed gives the same bytes on every machine.

using System.Numerics.Tensors;

namespace ForecEngine.Recommenders.Data;

/// <summary>The generator of synthetic markets.</summary>
public static class SyntheticMarkets
{
    // The exponent 16 as four squarings.
    private const int SharpnessSquarings = 4;

    // One user in 32 has, beyond the fewest rows, 12 times as many rows as the mean user: the long tail of XMarket.
    private const double HeavyFraction = 1.0 / 32;
    private const double HeavyFactor = 12;
    private const int MostPerUser = 48;

    private const double TasteShift = 0.3;
    private const int DrawsPerUser = 1 << 16;

    // After so many rejections an item is accepted by popularity alone, so that no taste can stall the generator.
    private const int MostRefusals = 512;

    /// <summary>Writes a market's file: the header and <see cref="SyntheticMarket.Ratings"/> rows, sorted by user.</summary>
    /// <param name="market">The market's sizes.</param>
    /// <param name="seed">The seed; markets of the same seed share their items.</param>
    /// <param name="stream">The stream to write to; it is left open.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public static void Write(SyntheticMarket market, ulong seed, Stream stream)
    {
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
                int item = Accept(catalogue, trials, ref trial, taste, taken[..n]);
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
            throw new ArgumentException($"{market}: expects at least 1 user, 2 items, as large a world, 1 row a user and ids of length 12");
        long fewest = (long)market.LeastPerUser * market.Users, largest = (long)most * market.Users;
        if (market.Ratings < fewest || market.Ratings > largest)
            throw new ArgumentException($"{market}: expects {fewest} to {largest} rows, {market.LeastPerUser} to {most} for each user");
    }

    // The number of a user's rows above the fewest: geometric, with the mean of what is left for this and the later users, so that
    // the total is exact. It is at least what the later users cannot take.
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

    private static int Accept(
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

    // Stars by affinity and chance; about two in three ratings are five, as in XMarket.
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

    // Later days are more likely, since markets grow: the larger of two uniform draws.
    private static int Day(PhiloxBlock draw) =>
        (int)(((ulong)Math.Max(draw.Word2, draw.Word3) * SyntheticRows.Days) >> 32);
}
