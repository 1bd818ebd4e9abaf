// The conditional logit finds the weights that make the choices most likely, between the data and the prior.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class ConditionalLogitTests
{
    private const int Candidates = 8;

    [Fact]
    public void Weights_that_produced_many_choices_are_recovered()
    {
        double[] truth = [1.5, -0.7, 0];
        double[] found = Fit(Choices(seed: 5, users: 4000, truth), [0, 0, 0], strength: 0);
        Assert.All(truth.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 0.1));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void At_the_fit_the_gradient_of_the_objective_is_0(Seed seed, byte strength, byte users)
    {
        double[] prior = [0.5, 0, -0.25];
        double power = 1 + (strength % 20);
        double[][] choices = Choices(seed.Value, 1 + (users % 60), [1, -1, 0.5]);
        double[] weights = Fit(choices, prior, power);
        for (int f = 0; f < prior.Length; f++)
        {
            double variance = choices.Average(choice => Variance(choice, f));
            double gradient = -power * variance * (weights[f] - prior[f]);
            foreach (double[] choice in choices)
            {
                double[] odds = [.. choice.Chunk(prior.Length).Select(own => Math.Exp(own.Zip(weights, (x, w) => x * w).Sum()))];
                gradient += choice[f] - choice.Chunk(prior.Length).Select((own, i) => odds[i] / odds.Sum() * own[f]).Sum();
            }

            Assert.Equal(0, gradient, 1e-4);
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void The_units_and_the_origin_of_a_feature_do_not_change_its_share_of_a_score(Seed seed, byte unit, byte origin)
    {
        double[][] choices = Choices(seed.Value, users: 40, [1, -1, 0.5]);
        double scale = Math.Pow(10, (unit % 9) - 4), shift = origin % 3 * 1e5 * scale;
        double[][] other = [.. choices.Select(choice => choice.Select((x, at) => at % 3 == 1 ? (scale * x) + shift : x).ToArray())];
        double[] one = Fit(choices, [0.5, 0.5, 0], strength: 10), two = Fit(other, [0.5, 0.5 / scale, 0], strength: 10);
        Assert.All(one.Zip([two[0], two[1] * scale, two[2]]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Without_choices_the_prior_is_kept_and_its_strength_draws_the_weights_to_it()
    {
        double[] prior = [2, -1, 3];
        Assert.Equal(prior, Fit([], prior, strength: 1));
        double[][] choices = Choices(seed: 2, users: 100, [0, 0, 0]);
        double[] away = [.. ((double[])[0, 10, 100, 1e9]).Select(strength =>
            Fit(choices, prior, strength).Zip(prior, (weight, before) => Math.Abs(weight - before)).Max())];
        Assert.True(away[0] > away[1] && away[1] > away[2] && away[2] > away[3]);
        Assert.Equal(0, away[3], 1e-6);
    }

    [Fact]
    public void Equal_features_share_their_weight_and_a_feature_without_differences_keeps_its_prior()
    {
        double[][] choices = Choices(seed: 3, users: 200, [1, 0, 0]);
        double[][] same =
            [.. choices.Select(choice => choice.Select((x, at) => at % 3 == 1 ? choice[at - 1] : at % 3 == 2 ? 7 : x).ToArray())];
        double[] weights = Fit(same, [0, 0, 0.3], strength: 5);
        Assert.Equal(weights[0], weights[1], 1e-6);
        Assert.Equal(0.3, weights[2], 1e-9);

        // Without a prior only the sum is determined.
        double[] free = Fit(same, [0, 0, 0.3], strength: 0), alone = Fit(Choices(3, 200, [1, 0, 0], features: 1), [0], strength: 0);
        Assert.Equal(alone[0], free[0] + free[1], 1e-3);
    }

    private static double[] Fit(double[][] choices, double[] prior, double strength)
    {
        ConditionalLogit logit = new(prior, strength);
        foreach (double[] choice in choices)
            logit.Add(choice);
        return logit.Fit();
    }

    // Users who choose by the weights; the chosen candidate comes first. With fewer features, the others are left out.
    private static double[][] Choices(ulong seed, int users, double[] weights, int features = 3)
    {
        return [.. Enumerable.Range(0, users).Select(Choice)];

        double[] Choice(int user)
        {
            RandomSequence draws = RandomSequence.Named(seed, "test/logit").At(user);
            double[][] own = [.. Enumerable.Range(0, Candidates).Select(candidate =>
                Enumerable.Range(0, weights.Length).Select(f => draws.Normal((ulong)((candidate * weights.Length) + f))).ToArray())];
            double[] odds = [.. own.Select(x => Math.Exp(x.Zip(weights, (value, weight) => value * weight).Sum()))];
            double left = draws.Uniform(1000) * odds.Sum();
            int chosen = 0;
            while (chosen < Candidates - 1 && (left -= odds[chosen]) > 0)
                chosen++;
            (own[0], own[chosen]) = (own[chosen], own[0]);
            return [.. own.SelectMany(x => x.Take(features))];
        }
    }

    private static double Variance(double[] choice, int feature)
    {
        double[] values = [.. choice.Chunk(3).Select(own => own[feature])];
        return values.Average(value => Math.Pow(value - values.Average(), 2));
    }
}
