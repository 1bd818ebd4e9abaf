// A team of threads that share the chunks of one job at a time. A job is cut by its data, never by the number of
// threads, and every chunk owns what it writes; so who runs which chunk, and in what order, cannot be seen.

namespace ForecEngine.Kernels.Simd;

/// <summary>Work in numbered chunks that do not depend on each other.</summary>
internal interface IChunked
{
    /// <summary>Runs one chunk.</summary>
    void Run(int chunk);
}

/// <summary>The calling thread and the others of the team. Running a job allocates nothing.</summary>
internal sealed unsafe class Workers : IDisposable
{
    // Training has a job every few microseconds: a worker spins for some 50 of them before it sleeps.
    private const int SpinsBeforeSleep = 100;
    private const int PausesPerSpin = 15;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private delegate*<void*, int, void> _run;
    private void* _job;
    private int _unclaimed;
    private int _unfinished;
    private int _sleeping;
    private volatile bool _stopped;
    private volatile Exception? _failure;

    /// <summary>A team of <paramref name="count"/> threads, the caller among them.</summary>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"kernels {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many threads, the caller's included.</summary>
    public int Count { get; }

    /// <summary>Runs the chunks 0 to <paramref name="chunks"/> - 1 and returns when all have ended.</summary>
    public void Run<TJob>(TJob job, int chunks)
        where TJob : unmanaged, IChunked
    {
        if (chunks <= 1 || Count == 1)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
                job.Run(chunk);
            return;
        }

        // The job stays on this stack. A worker reads these fields only after it has claimed a chunk, and this
        // method returns only when every claimed chunk has ended, so what it reads is this job's.
        _run = &RunChunk<TJob>;
        _job = &job;
        _failure = null;
        Volatile.Write(ref _unfinished, chunks);
        Interlocked.Exchange(ref _unclaimed, chunks); // a full fence: a worker that goes to sleep now sees it, or we see the worker
        int sleeping = Interlocked.Exchange(ref _sleeping, 0);
        if (sleeping > 0)
            _wake.Release(sleeping);

        ClaimChunks();
        SpinWait spin = default;
        while (Volatile.Read(ref _unfinished) > 0)
            spin.SpinOnce(sleep1Threshold: -1);
        if (_failure is { } failure)
            throw new InvalidOperationException($"a kernel failed: {failure.Message}", failure);
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

    private static void RunChunk<TJob>(void* job, int chunk)
        where TJob : unmanaged, IChunked =>
        ((TJob*)job)->Run(chunk);

    private void Work()
    {
        while (!_stopped)
        {
            if (Volatile.Read(ref _unclaimed) > 0)
            {
                ClaimChunks();
                continue;
            }

            for (int spin = 0; spin < SpinsBeforeSleep && Volatile.Read(ref _unclaimed) == 0; spin++)
                Thread.SpinWait(PausesPerSpin);
            if (Volatile.Read(ref _unclaimed) > 0)
                continue;

            // A wake-up that comes although nothing is left only costs another turn of this loop.
            Interlocked.Increment(ref _sleeping);
            bool hasWork = Volatile.Read(ref _unclaimed) > 0 || _stopped;
            if (!hasWork || !TakeBackSleep())
                _wake.Wait();
        }
    }

    // A worker that said it would sleep and then found work says so no longer. Where a wake-up is already on its way
    // to it (false), it has to use that up: wake-ups left over would pile up, and keep the team from sleeping.
    private bool TakeBackSleep()
    {
        for (int sleeping = Volatile.Read(ref _sleeping); sleeping > 0; sleeping = Volatile.Read(ref _sleeping))
        {
            if (Interlocked.CompareExchange(ref _sleeping, sleeping - 1, sleeping) == sleeping)
                return true;
        }

        return false;
    }

    private void ClaimChunks()
    {
        while (true)
        {
            int unclaimed = Volatile.Read(ref _unclaimed);
            if (unclaimed == 0)
                return;
            if (Interlocked.CompareExchange(ref _unclaimed, unclaimed - 1, unclaimed) != unclaimed)
                continue;
            try
            {
                _run(_job, unclaimed - 1);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _failure = exception; // thrown again where the job was started
            }
            finally
            {
                Interlocked.Decrement(ref _unfinished);
            }
        }
    }
}
