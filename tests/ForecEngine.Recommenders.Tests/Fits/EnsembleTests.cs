// An ensemble scores by the mean of its members' scores, pair by pair and for all items, and new users by those that the members fit.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class EnsembleTests : IDisposable
{
    private const int Users = 5, Items = 7;

    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void A_score_is_the_mean_of_the_scores_of_the_members(Seed seed, byte count)
    {
        IRecommender[] members = [.. Enumerable.Range(0, 1 + (count % 4)).Select(member => Model(seed.Value, member))];
        int[] users = [.. Enumerable.Range(0, Users)], items = [.. Enumerable.Range(0, Items)];
        NewUsers data = new(users, items, new());
        ItemHistory[] histories = [new([1, 3], [2]), new([0], [])];
        IScorer found = new Ensemble(members).Scorer(_device, 0, data);
        Check(scorer => scorer, users);
        Check(scorer => scorer.FoldIn(histories), [0, 1]);

        void Check(Func<IScorer, IScorer> of, int[] asked)
        {
            Real[] mean = All(of(found), asked), pairs = new Real[mean.Length];
            Real[][] own = [.. members.Select(member => All(of(((IFittedModel)member).Scorer(_device, 0, data)), asked))];
            for (int i = 0; i < mean.Length; i++)
                Assert.Equal(own.Average(scores => (double)scores[i]), mean[i], 1e-5);
            of(found).Score([.. asked.SelectMany(user => items.Select(_ => user))], [.. asked.SelectMany(_ => items)], pairs);
            Assert.Equal(mean, pairs);
        }

        Real[] All(IScorer scorer, int[] asked)
        {
            Real[] scores = new Real[asked.Length * items.Length];
            scorer.ScoreAll(asked, items, scores);
            return scores;
        }
    }

    private Gmf Model(ulong seed, int member)
    {
        Gmf model = new(_device, new ModelShape(Users, Items, 3, [6, 2]));
        model.Initialise(seed, $"member {member}", 1);
        return model;
    }
}
