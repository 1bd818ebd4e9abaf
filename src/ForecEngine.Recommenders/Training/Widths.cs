// The widths of layers, as a list with value equality, so that records of settings compare by value.

using System.Collections;
using System.Runtime.CompilerServices;

namespace ForecEngine.Recommenders.Training;

/// <summary>The widths of layers, in order.</summary>
[CollectionBuilder(typeof(Widths), nameof(Of))]
[JsonConverter(typeof(AsArray))]
public sealed class Widths : IReadOnlyList<int>, IEquatable<Widths>
{
    private readonly int[] _widths;

    private Widths(int[] widths) => _widths = widths;

    /// <inheritdoc/>
    public int Count => _widths.Length;

    /// <inheritdoc/>
    public int this[int index] => _widths[index];

    /// <summary>Creates widths; collection expressions call this.</summary>
    public static Widths Of(ReadOnlySpan<int> widths) => new(widths.ToArray());

    /// <inheritdoc/>
    public bool Equals(Widths? other) => other is not null && _widths.AsSpan().SequenceEqual(other._widths);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Widths);

    /// <inheritdoc/>
    public override int GetHashCode() => _widths.Aggregate(_widths.Length, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _widths);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => _widths.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class AsArray : JsonConverter<Widths>
    {
        public override Widths? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<int[]>(ref reader, options) is { } widths ? new Widths(widths) : null;

        public override void Write(Utf8JsonWriter writer, Widths value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value._widths, options);
    }
}
