// The samples of one step.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>(user, item, label) triples, as rows of the embedding tables. Reused from batch to batch.</summary>
public sealed class Minibatch
{
    private readonly Storage<Real> _labels;

    /// <summary>An empty minibatch with room for <paramref name="capacity"/> samples.</summary>
    public Minibatch(IDevice device, int capacity)
    {
        Users = new Indices(device, capacity);
        Items = new Indices(device, capacity);
        _labels = device.Allocate<Real>(capacity);
    }

    /// <summary>How many samples there are.</summary>
    public int Count => Users.Count;

    /// <summary>The users' rows.</summary>
    public Indices Users { get; }

    /// <summary>The items' rows.</summary>
    public Indices Items { get; }

    /// <summary>1 for a positive, 0 for a negative: [samples, 1].</summary>
    public Matrix Labels => new(_labels.Slice(0, Count), Count, 1);

    /// <summary>Replaces the samples.</summary>
    /// <exception cref="ArgumentException">The lengths differ or exceed the capacity.</exception>
    public void Set(ReadOnlySpan<int> users, ReadOnlySpan<int> items, ReadOnlySpan<Real> labels)
    {
        if (users.Length != items.Length || users.Length != labels.Length || labels.Length > _labels.Length)
            throw new ArgumentException($"{users.Length} users, {items.Length} items and {labels.Length} labels; equal numbers up to {_labels.Length} are needed", nameof(users));
        Users.Set(users);
        Items.Set(items);
        _labels.Write(0, labels);
    }

    /// <summary>Replaces the samples by pairs that are to be scored, without labels.</summary>
    public void Set(ReadOnlySpan<int> users, ReadOnlySpan<int> items)
    {
        if (users.Length != items.Length || users.Length > _labels.Length)
            throw new ArgumentException($"{users.Length} users and {items.Length} items; equal numbers up to {_labels.Length} are needed", nameof(users));
        Users.Set(users);
        Items.Set(items);
    }
}
