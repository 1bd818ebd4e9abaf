// A team of threads that share the chunks of one job at a time. A job is cut by its data, never by the number of threads, and a chunk is
// the only writer of its results. So no result depends on which thread runs which chunk, or in what order.
//
// Each thread starts with its own share of the chunks. The share is the same in every job with the same number of chunks, so data that the
// thread wrote in one step are in its caches in the next. A thread that has finished its share takes chunks of the others.

using System.Runtime.ExceptionServices;

namespace ForecEngine.Kernels.Simd;

/// <summary>Work in numbered chunks that do not depend on each other.</summary>
internal interface IChunked
{
    /// <summary>Runs one chunk.</summary>
    /// <param name="chunk">Its number.</param>
    /// <param name="worker">The thread's number in its team, for memory that a thread keeps for itself; no result depends on it.</param>
    void Run(int chunk, int worker);
}

/// <summary>A team: the calling thread and the other threads. Running a job allocates nothing.</summary>
internal sealed unsafe class Workers : IDisposable
{
    // Training posts a job every few microseconds, so a worker spins for about 50 before it sleeps.
    private const int LooksBeforeSleep = 1500;
    private const int LooksBeforeYield = 300;

    /// <summary>Starting the other threads takes as long as processing this many numbers.</summary>
    public const int FewElements = 1 << 13;

    /// <summary>The distance between integers that different threads write: two cache lines, because these are fetched in pairs.</summary>
    public const int Apart = 32;

    private const int Posted = 1 * Apart; // the number of jobs so far
    private const int Unfinished = 2 * Apart; // unfinished chunks of the job
    private const int Sleeping = 3 * Apart; // workers that sleep or are about to sleep
    private const int Unclaimed = 4 * Apart; // for each thread, the chunks left in its share

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly int[] _counters;
    private readonly int _fewElements;
    private delegate*<void*, int, int, void> _run;
    private void* _job;
    private int _chunks;
    private volatile bool _stopped;
    private volatile Exception? _failure;

    /// <summary>A team of threads.</summary>
    /// <param name="count">The number of threads, including the caller's.</param>
    /// <param name="fewElements">Jobs over fewer elements run on the calling thread alone.</param>
    public Workers(int count, int fewElements = FewElements)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _fewElements = fewElements;
        _counters = new int[Unclaimed + (count * Apart)];
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"kernels {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>The number of threads, including the caller's.</summary>
    public int Count { get; }

    /// <summary>Runs the chunks 0 to <paramref name="chunks"/> - 1 and returns when all have ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="chunks">The number of chunks.</param>
    /// <param name="elements">About how many elements it processes; with few, the calling thread runs the job alone.</param>
    public void Run<TJob>(TJob job, int chunks, long elements = long.MaxValue)
        where TJob : unmanaged, IChunked
    {
        if (chunks <= 1 || Count == 1 || elements < _fewElements)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
                job.Run(chunk, 0);
            return;
        }

        // The job stays on this stack. A worker reads these fields only after it has claimed a chunk, and this method returns only when
        // every claimed chunk has ended, so it never reads the fields of another job.
        _run = &RunChunk<TJob>;
        _job = &job;
        _chunks = chunks;
        _failure = null;
        Volatile.Write(ref _counters[Unfinished], chunks);
        for (int share = 0; share < Count; share++)
            Volatile.Write(ref Left(share), First(share + 1) - First(share));
        Interlocked.Increment(ref _counters[Posted]); // a full fence: either a worker that goes to sleep sees the job, or we see the worker
        if (Volatile.Read(ref _counters[Sleeping]) > 0)
        {
            int sleeping = Interlocked.Exchange(ref _counters[Sleeping], 0);
            if (sleeping > 0)
                _wake.Release(sleeping);
        }

        ClaimChunks(0);
        SpinWait spin = default;
        for (int looks = 0; Volatile.Read(ref _counters[Unfinished]) > 0; looks++)
        {
            // The other chunks end soon, unless there are more threads than free processors.
            if (looks < LooksBeforeYield)
                Thread.SpinWait(1);
            else
                spin.SpinOnce(sleep1Threshold: -1);
        }

        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure); // the same exception as in a team of one
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_stopped)
            return;
        _stopped = true;
        if (_threads.Length > 0)
            _wake.Release(_threads.Length);
        foreach (Thread thread in _threads)
            thread.Join();
        _wake.Dispose();
    }

    private static void RunChunk<TJob>(void* job, int chunk, int worker)
        where TJob : unmanaged, IChunked =>
        ((TJob*)job)->Run(chunk, worker);

    private ref int Left(int share) => ref _counters[Unclaimed + (share * Apart)];

    // The first chunk of a share; for the index past the last share, the number of chunks.
    private int First(int share) => (int)((long)_chunks * share / Count);

    private void Work(int worker)
    {
        int seen = 0;
        while (!_stopped)
        {
            for (int looks = 0; looks < LooksBeforeSleep && Volatile.Read(ref _counters[Posted]) == seen; looks++)
                Thread.SpinWait(1);
            int posted = Volatile.Read(ref _counters[Posted]);
            if (posted != seen)
            {
                seen = posted;
                ClaimChunks(worker);
                continue;
            }

            // A wake-up without work only costs another turn of this loop.
            Interlocked.Increment(ref _counters[Sleeping]);
            bool hasWork = Volatile.Read(ref _counters[Posted]) != seen || _stopped;
            if (!hasWork || !TakeBackSleep())
                _wake.Wait();
        }
    }

    // Withdraws a worker's announcement that it sleeps, because it has found work. If a wake-up has already been sent (false), the worker
    // must consume it: unused wake-ups would accumulate and keep the team from sleeping.
    private bool TakeBackSleep()
    {
        for (int sleeping = Volatile.Read(ref _counters[Sleeping]); sleeping > 0; sleeping = Volatile.Read(ref _counters[Sleeping]))
        {
            if (Interlocked.CompareExchange(ref _counters[Sleeping], sleeping - 1, sleeping) == sleeping)
                return true;
        }

        return false;
    }

    private void ClaimChunks(int worker)
    {
        int ended = 0;
        for (int i = 0; i < Count; i++)
            ended += ClaimChunks(worker, (worker + i) % Count);
        if (ended > 0)
            Interlocked.Add(ref _counters[Unfinished], -ended);
    }

    private int ClaimChunks(int worker, int share)
    {
        ref int left = ref Left(share);
        int claimed = 0;
        while (true)
        {
            int unclaimed = Volatile.Read(ref left);
            if (unclaimed == 0)
                return claimed;
            if (Interlocked.CompareExchange(ref left, unclaimed - 1, unclaimed) != unclaimed)
                continue;
            claimed++;
            try
            {
                _run(_job, First(share + 1) - unclaimed, worker);
            }
            catch (Exception exception)
            {
                _failure = exception; // rethrown by Run
            }
        }
    }
}
