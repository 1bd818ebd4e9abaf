// Large blocks in pages of 2 MB. A minibatch's rows lie all over tables of a hundred megabytes, so that with pages of 4 KB nearly
// every row costs a walk through the page tables on top of its cache miss. Linux gives the larger pages to memory that asks.

using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>Asks the system for large pages.</summary>
internal static partial class HugePages
{
    private const nint PageBytes = 2 << 20;
    private const int AdviseHugePage = 14; // MADV_HUGEPAGE

    /// <summary>Asks for large pages behind the whole ones among some bytes; without them all is the same, only slower.</summary>
    public static void Advise(nint address, nint bytes)
    {
        nint start = (address + PageBytes - 1) & -PageBytes, end = (address + bytes) & -PageBytes;
        if (OperatingSystem.IsLinux() && end > start)
            _ = Advise(start, end - start, AdviseHugePage);
    }

    // Advice that is not taken says so with -1, and nothing is lost.
    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint bytes, int advice);
}
