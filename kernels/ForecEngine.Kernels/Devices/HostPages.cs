// The pages behind large blocks. A minibatch's rows lie all over tables of a hundred megabytes, so that with pages of 4 KB nearly
// every row costs a walk through the page tables on top of its cache miss: Linux gives pages of 2 MB to memory that asks. And a page
// that is put in place when it is first touched costs microseconds, more where two threads touch theirs at once: all of a block's
// together cost a tenth.

using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>Asks the system for pages.</summary>
internal static partial class HostPages
{
    private const nint HugePageBytes = 2 << 20;
    private const nint FewBytes = 64 << 10; // a few pages are as soon touched as asked for
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE
    private const int Populate = 23; // MADV_POPULATE_WRITE, of Linux 5.14; what is in the pages stays

    /// <summary>Asks for large pages behind the whole ones among some bytes, and for all pages now; without either all is the same, only slower.</summary>
    public static void Prepare(nint address, nint bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < FewBytes)
            return;
        Advise(address, bytes, HugePageBytes, AdviseHugePages);
        Advise(address, bytes, Environment.SystemPageSize, Populate);
    }

    // Advice that is not taken says so with -1, and nothing is lost.
    private static void Advise(nint address, nint bytes, nint page, int advice)
    {
        nint start = (address + page - 1) & -page, end = (address + bytes) & -page;
        if (end > start)
            _ = Advise(start, end - start, advice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint bytes, int advice);
}
