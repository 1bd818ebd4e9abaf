// The team of threads runs every chunk once, throws a chunk's exception on the calling thread, allocates nothing for a job, and sleeps and
// wakes without losing a chunk.

using System.Diagnostics;
using ForecEngine.Kernels.Simd;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

public sealed class WorkersTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Property(MaxTest = 60)]
    public Property Every_chunk_runs_exactly_once() =>
        Prop.ForAll(Gen.Choose(1, 7).ToArbitrary(), Gen.Choose(0, 3000).ToArbitrary(), (threads, chunks) =>
        {
            using Workers workers = new(threads);
            Assert.All(Counts(workers, chunks), count => Assert.Equal(1, count));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Many_short_jobs_in_a_row_lose_no_chunk(int threads)
    {
        const int jobs = 5000;
        long ran = 0, expected = 0;
        await Task.Run(
            () =>
            {
                using Workers workers = new(threads);
                for (int job = 0; job < jobs; job++)
                {
                    int chunks = job % 9;
                    ran += Counts(workers, chunks).Sum();
                    expected += chunks;
                }
            },
            TestContext.Current.CancellationToken).WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Equal(expected, ran);
    }

    [Fact]
    public async Task A_sleeping_team_wakes_for_the_next_job()
    {
        using Workers workers = new(3);
        for (int job = 0; job < 20; job++)
        {
            await Task.Delay(job % 4, TestContext.Current.CancellationToken);
            Assert.All(Counts(workers, 100), count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(Workers.FewElements)]
    [InlineData(long.MaxValue)]
    public void Several_threads_take_part(long elements)
    {
        using Workers workers = new(2);
        Stopwatch time = Stopwatch.StartNew();
        bool together = false;
        while (!together && time.Elapsed < Bound)
            together = MeetIn(workers, elements);
        Assert.True(together, "two chunks that wait for each other never ran at the same time");
    }

    [Fact]
    public void A_job_over_few_elements_runs_on_the_calling_thread_alone()
    {
        using Workers workers = new(2);
        Assert.False(MeetIn(workers, Workers.FewElements - 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void An_exception_in_a_chunk_is_thrown_by_the_caller_and_the_team_stays_usable(int threads)
    {
        using Workers workers = new(threads);
        for (int repeat = 0; repeat < 20; repeat++)
        {
            Exception thrown = Assert.ThrowsAny<Exception>(() => workers.Run(new FailingJob(17), 40));
            Assert.Contains("chunk 17", thrown.Message, StringComparison.Ordinal);
            Assert.All(Counts(workers, 40), count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public unsafe void A_job_allocates_nothing(int threads)
    {
        using Workers workers = new(threads);
        int[] counts = new int[64];
        Assert.Equal(0, Allocation.BytesOf(() =>
        {
            fixed (int* pcounts = counts)
            {
                for (int job = 0; job < 100; job++)
                    workers.Run(new CountingJob(pcounts), counts.Length);
            }
        }));
        Assert.All(counts, count => Assert.Equal(1100, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_team_without_threads_is_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(threads));

    [Fact]
    public void A_team_can_be_disposed_of_twice()
    {
        Workers workers = new(3);
        workers.Dispose();
        workers.Dispose();
    }

    private static unsafe int[] Counts(Workers workers, int chunks)
    {
        int[] counts = new int[chunks];
        fixed (int* pcounts = counts)
            workers.Run(new CountingJob(pcounts), chunks);
        return counts;
    }

    private static unsafe bool MeetIn(Workers workers, long elements)
    {
        int met = 0, arrived = 0;
        workers.Run(new MeetingJob(&arrived, &met), 2, elements);
        return met == 2;
    }

    private readonly unsafe struct CountingJob(int* counts) : IChunked
    {
        public void Run(int chunk, int worker) => Interlocked.Increment(ref counts[chunk]);
    }

    private readonly struct FailingJob(int failing) : IChunked
    {
        public void Run(int chunk, int worker)
        {
            if (chunk == failing)
                throw new ArgumentException($"chunk {chunk} cannot be done");
        }
    }

    // Each chunk waits a while for the other to start. Both see each other only if two threads run them.
    private readonly unsafe struct MeetingJob(int* arrived, int* met) : IChunked
    {
        public void Run(int chunk, int worker)
        {
            Interlocked.Increment(ref *arrived);
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(200))
            {
                if (Volatile.Read(ref *arrived) == 2)
                {
                    Interlocked.Increment(ref *met);
                    return;
                }

                Thread.Yield();
            }
        }
    }
}
