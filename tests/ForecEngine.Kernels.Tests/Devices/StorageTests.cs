// Device memory and slices of it: reading, writing, and the refusal of accesses out of bounds before anything is written.

using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class StorageTests
{
    [Property]
    public void Host_memory_is_zero_and_aligned_to_a_cache_line(Length length)
    {
        HostStorage<Real> storage = new(length.Value);
        Assert.Equal(length.Value, storage.Length);
        Assert.Equal(length.Value, storage.Span.Length);
        Assert.False(storage.Span.ContainsAnyExcept(0));
        Assert.Equal(0, AddressOf(storage) % 64);
    }

    [Fact]
    public void Large_blocks_in_large_pages_are_zero_and_do_not_overlap()
    {
        HostStorage<Real> one = new(3 << 20), other = new(3 << 20);
        Assert.False(one.Span.ContainsAnyExcept(0));
        one.Span.Fill(1);
        Assert.False(other.Span.ContainsAnyExcept(0));
        Assert.False(one.Span.ContainsAnyExcept(1));
    }

    [Property]
    public void The_parts_of_a_slice_cover_it_in_order(NonNegativeInt before, NonNegativeInt count, PositiveInt length)
    {
        HostStorage<int> storage = new(before.Get + count.Get);
        storage.Write(0, [.. Enumerable.Range(0, storage.Length)]);
        Slice<int> run = storage.Slice(before.Get, count.Get);
        Slice<int>[] parts = [.. run.Parts(length.Get)];
        Assert.Equal(run.Span.ToArray(), parts.SelectMany(part => part.Span.ToArray()));
        Assert.All(parts.SkipLast(1), part => Assert.Equal(length.Get, part.Length));
        Assert.DoesNotContain(parts, part => part.IsEmpty);
    }

    [Property]
    public void Written_values_are_read_back_and_others_unchanged(NonNegativeInt before, NonNegativeInt count, NonNegativeInt after)
    {
        HostStorage<int> storage = new(before.Get + count.Get + after.Get);
        storage.Span.Fill(-1);
        int[] values = [.. Enumerable.Range(0, count.Get)];
        storage.Slice(before.Get, count.Get).Write(values);
        int[] read = new int[count.Get];
        storage.Slice(before.Get, count.Get).Read(read);
        Assert.Equal(values, read);
        Assert.False(storage.Span[..before.Get].ContainsAnyExcept(-1));
        Assert.False(storage.Span[(before.Get + count.Get)..].ContainsAnyExcept(-1));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 11)]
    [InlineData(8, 3)]
    [InlineData(11, 0)]
    [InlineData(0, -1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_slice_outside_its_block_is_refused(int offset, int length)
    {
        HostStorage<Real> storage = new(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Slice(offset, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Slice().Part(offset, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(Slice<Real>).Part(offset, length));
    }

    [Fact]
    public void A_slice_of_a_slice_has_the_sum_of_the_offsets()
    {
        HostStorage<int> storage = new(10);
        storage.Write(0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Slice<int> part = storage.Slice(2, 7).Part(3, 2);
        Assert.Equal(5, part.Offset);
        Assert.Equal([5, 6], part.Span.ToArray());
    }

    [Fact]
    public void Writing_more_than_fits_is_refused_and_writes_nothing()
    {
        HostStorage<int> storage = new(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Slice(0, 2).Write([1, 2, 3]));
        Assert.ThrowsAny<ArgumentException>(() => storage.Write(2, [1, 2, 3]));
        Assert.Equal([0, 0, 0, 0], storage.Span.ToArray());
    }

    [Fact]
    public void The_default_slice_is_empty()
    {
        Slice<Real> none = default;
        Assert.True(none.IsEmpty);
        Assert.True(none.Span.IsEmpty);
        Assert.True(none.Part(0, 0).IsEmpty);
        Assert.Null(none.Storage);
        none.Read([]);
        none.Write([]);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(7, 1)]
    [InlineData(65536, 65537)]
    public void A_matrix_must_have_as_many_elements_as_its_shape(int rows, int columns)
    {
        HostStorage<Real> storage = new(8);
        string message = Assert.Throws<ArgumentException>(() => new Matrix(storage.Slice(), rows, columns)).Message;
        Assert.Contains($"a matrix of {rows} x {columns} cannot have 8 elements", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_with_a_negative_extent_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(new HostStorage<Real>(8).Slice(), -2, -4));

    [Fact]
    public void Memory_of_a_device_without_host_memory_has_no_span()
    {
        Slice<Real> elsewhere = new Elsewhere(3).Slice();
        string message = Assert.Throws<InvalidOperationException>(() => elsewhere.Span.Length).Message;
        Assert.Contains("not in the host's memory", message, StringComparison.Ordinal);
        Real[] read = new Real[3];
        elsewhere.Read(read);
        Assert.Equal([42, 42, 42], read);
    }

    private static unsafe nint AddressOf(HostStorage<Real> storage)
    {
        fixed (Real* start = storage.Span)
            return (nint)start;
    }

    private sealed class Elsewhere(int length) : Storage<Real>(length)
    {
        public override void Free()
        {
            // The garbage collector frees the memory.
        }

        public override void Read(int offset, Span<Real> destination) => destination.Fill(42);

        public override void Write(int offset, ReadOnlySpan<Real> source) => throw new NotSupportedException();
    }
}
