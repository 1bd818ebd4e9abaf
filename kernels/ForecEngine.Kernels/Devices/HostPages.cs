// Memory pages of large blocks. A minibatch reads random rows of tables of a hundred megabytes. With pages of 4 KB, nearly every row costs
// a TLB miss besides its cache miss, so Linux is asked for pages of 2 MB. Mapping a page when it is first touched costs microseconds, more
// if two threads do so at once. Mapping all pages of a block in one call costs a tenth of that.

using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>Asks the system for pages.</summary>
internal static partial class HostPages
{
    private const nint HugePageBytes = 2 << 20;
    private const nint FewBytes = 64 << 10; // touching a few pages is as fast as the system call
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE
    private const int Populate = 23; // MADV_POPULATE_WRITE, since Linux 5.14; the pages keep their contents

    /// <summary>Asks for large pages and maps all pages now. If either fails, the block is slower but correct.</summary>
    public static void Prepare(nint address, nint bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < FewBytes)
            return;
        Advise(address, bytes, HugePageBytes, AdviseHugePages);
        Advise(address, bytes, Environment.SystemPageSize, Populate);
    }

    // madvise failures are ignored: the advice changes no result.
    private static void Advise(nint address, nint bytes, nint page, int advice)
    {
        nint start = (address + page - 1) & -page, end = (address + bytes) & -page;
        if (end > start)
            _ = Advise(start, end - start, advice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint bytes, int advice);
}
