// Scores with a blend (Fits/Blend.cs). The parts are added in order, in double.

namespace ForecEngine.Recommenders.Scoring;

internal sealed class BlendScorer(IReadOnlyList<BlendPart> parts, IReadOnlyList<IScorer> scorers) : IScorer
{
    private const int MostScores = 1 << 20;

    // Last if a part has no score for such an item.
    public Real UnknownItem => scorers.Any(scorer => scorer.UnknownItem == IScorer.Last)
        ? IScorer.Last
        : (Real)parts.Zip(scorers, (part, scorer) => part.Weight * part.Feature(scorer.UnknownItem)).Sum();

    private Real[] _own = [];
    private double[] _sums = [];

    public void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        Begin(scores.Length);
        for (int part = 0; part < parts.Count; part++)
        {
            scorers[part].Score(users, items, _own.AsSpan(0, scores.Length));
            Add(parts[part], scores.Length);
        }

        End(scores);
    }

    public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        if (scores.Length != (long)users.Length * items.Length)
            throw new ArgumentException($"{scores.Length} scores for {users.Length} users times {items.Length} items", nameof(scores));
        int block = Math.Max(1, MostScores / Math.Max(1, items.Length));
        for (int first = 0; first < users.Length; first += block)
        {
            ReadOnlySpan<int> some = users.Slice(first, Math.Min(block, users.Length - first));
            Span<Real> results = scores.Slice(first * items.Length, some.Length * items.Length);
            Begin(results.Length);
            for (int part = 0; part < parts.Count; part++)
            {
                scorers[part].ScoreAll(some, items, _own.AsSpan(0, results.Length));
                Add(parts[part], results.Length);
            }

            End(results);
        }
    }

    public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) =>
        new BlendScorer(parts, [.. scorers.Select(scorer => scorer.FoldIn(histories))]);

    private void Begin(int length)
    {
        if (_own.Length < length)
            (_own, _sums) = (new Real[length], new double[length]);
        _sums.AsSpan(0, length).Clear();
    }

    private void Add(BlendPart part, int length)
    {
        for (int i = 0; i < length; i++)
            _sums[i] += part.Weight * part.Feature(_own[i]);
    }

    private void End(Span<Real> scores)
    {
        for (int i = 0; i < scores.Length; i++)
            scores[i] = (Real)_sums[i];
    }
}
