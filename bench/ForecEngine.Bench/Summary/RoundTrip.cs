// Measures how long a cache line takes from one processor to another and back. Threads that share tables read each other's lines. The
// longer a line takes, the less a second thread gains.

using System.Diagnostics;

namespace ForecEngine.Bench.Summary;

/// <summary>The round trip of a cache line between two processors.</summary>
internal static class RoundTrip
{
    private const int Trips = 200_000;
    private const int Rounds = 5;
    private const int Line = 32; // integers; two lines, because lines are fetched in pairs

    /// <summary>The time in nanoseconds, the median of five rounds. Two threads on two processors pass a number to and fro.</summary>
    public static double Nanoseconds()
    {
        double[] rounds = [.. Enumerable.Range(0, Rounds).Select(_ => Measure())];
        return rounds.Median(round => round);
    }

    private static double Measure()
    {
        int[] ball = new int[3 * Line]; // odd numbers are the other thread's to return
        Thread other = new(() =>
        {
            for (int i = 1; i < 2 * Trips; i += 2)
            {
                Await(ball, i);
                Volatile.Write(ref ball[Line], i + 1);
            }
        });
        other.Start();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 2 * Trips; i += 2)
        {
            Volatile.Write(ref ball[Line], i + 1);
            Await(ball, i + 2);
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Trips;
        other.Join();
        return nanoseconds;
    }

    private static void Await(int[] ball, int number)
    {
        while (Volatile.Read(ref ball[Line]) != number)
        {
            // the other processor has the line
        }
    }
}
