// The training plans of all methods.

using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class PlanCatalogTests
{
    public static TheoryData<string> Methods => [.. PlanCatalog.Methods];

    [Theory]
    [InlineData("gmf", "gmf:gmf:Target:0.005")]
    [InlineData("mlp", "gmf:gmf:Target:0.005 mlp:mlp:Target:0.01")]
    [InlineData("nmf", "gmf:gmf:Target:0.005 mlp:mlp:Target:0.01 nmf:nmf:Target:0.01")]
    [InlineData("gmf++", "gmf++:gmf:All:0.005")]
    [InlineData("mlp++", "gmf++:gmf:All:0.005 mlp++:mlp:All:0.01")]
    [InlineData("nmf++", "gmf++:gmf:All:0.005 mlp++:mlp:All:0.01 nmf++:nmf:All:0.01")]
    [InlineData("ma-nmf++", "ma-gmf++:ma-gmf:All:0.005 ma-mlp++:ma-mlp:All:0.01 ma-nmf++:ma-nmf:All:0.01")]
    [InlineData("bpr-mf", "bpr-mf:bpr-mf:Target:0.01")]
    [InlineData("bpr-mf++", "bpr-mf++:bpr-mf:All:0.01")]
    [InlineData("ddtcdr", "gmf:gmf:Each:0.005 ddtcdr:ddtcdr:All:0.01")]
    [InlineData("conet", "conet:conet:All:0.01")]
    [InlineData("maml", "gmf++:gmf:All:0.005 mlp++:mlp:All:0.01 nmf++:nmf:All:0.01 maml:nmf:All:0.01")]
    [InlineData("reptile", "gmf++:gmf:All:0.005 mlp++:mlp:All:0.01 nmf++:nmf:All:0.01 reptile:nmf:All:0.01")]
    [InlineData("anil", "gmf++:gmf:All:0.005 mlp++:mlp:All:0.01 nmf++:nmf:All:0.01 anil:nmf:All:0.01")]
    [InlineData("nmf-forec", "gmf++:gmf:All:0.005 mlp++:mlp:All:0.01 nmf++:nmf:All:0.01 nmf-forec:nmf:Target:0.01")]
    [InlineData("forec", "gmf++:gmf:All:0.005 mlp++:mlp:All:0.01 nmf++:nmf:All:0.01 maml:nmf:All:0.01 forec:nmf:Target:0.01")]
    public void Every_method_has_the_documented_phases(string method, string phases) => Assert.Equal(
        phases,
        string.Join(' ', PlanCatalog.Find(method).Phases.Select(
            p => FormattableString.Invariant($"{p.Name}:{p.Model}:{p.Scope}:{((GradientFit)p.Fit).LearningRate}"))));

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_last_phase_of_every_plan_has_the_name_of_the_method_and_all_models_are_in_the_catalog(string method)
    {
        Plan plan = PlanCatalog.Find(method);
        Assert.Equal(method, plan.Method);
        Assert.Equal(method, plan.Phases[^1].Name);
        Assert.All(plan.Phases, phase => Assert.Equal(phase.Model, ModelCatalog.Find(phase.Model).Name));
    }

    [Theory]
    [InlineData("gmf", 4)]
    [InlineData("bpr-mf++", 4)]
    [InlineData("conet", 4)]
    [InlineData("forec", 4)]
    [InlineData("ease", 1)]
    [InlineData("item-bag++", 1)]
    [InlineData("forec+", 1)]
    public void A_plan_with_gradient_descent_is_trained_as_often_as_the_settings_say(string method, int members)
    {
        TrainingSettings settings = new() { AverageSeeds = 4 };
        Assert.Equal(members, PlanCatalog.Find(method, settings).Members(settings));
        Assert.Equal(1, PlanCatalog.Find(method).Members(new()));
    }

    [Fact]
    public void The_loss_is_that_of_the_settings_or_the_default_of_the_method_but_never_that_of_meta_learning_and_forks()
    {
        Assert.Equal([RatingLoss.Bpr], Losses("bpr-mf", new()));
        Assert.Equal([RatingLoss.SampledSoftmax], Losses("bpr-mf", new() { Loss = RatingLoss.SampledSoftmax }));
        Assert.Equal(Enumerable.Repeat(RatingLoss.Bce, 5), Losses("forec", new()));
        Assert.Equal(
            [RatingLoss.Bpr, RatingLoss.Bpr, RatingLoss.Bpr, RatingLoss.Bce, RatingLoss.Mse],
            Losses("forec", new() { Loss = RatingLoss.Bpr, Fork = new() { Loss = RatingLoss.Mse } }));

        static IEnumerable<RatingLoss> Losses(string method, TrainingSettings settings) =>
            PlanCatalog.Find(method, settings).Phases.Select(phase => ((GradientFit)phase.Fit).Loss);
    }

    [Theory]
    [InlineData("gmf", false)]
    [InlineData("nmf", false)]
    [InlineData("gmf++", true)]
    [InlineData("nmf++", true)]
    [InlineData("ma-gmf++", true)]
    [InlineData("ddtcdr", true)]
    [InlineData("conet", true)]
    [InlineData("maml", true)]
    [InlineData("nmf-forec", true)]
    public void Only_the_joint_methods_need_sources(string method, bool sources) =>
        Assert.Equal(sources, PlanCatalog.Find(method).NeedsSources);

    [Fact]
    public void A_phase_that_trains_on_each_market_becomes_one_phase_per_market()
    {
        IReadOnlyList<Phase> phases = PlanCatalog.Find("ddtcdr").Over(["in", "jp"]);
        Plan joint = PlanCatalog.Find("nmf++");
        Assert.Equal(["gmf-in", "gmf-jp", "ddtcdr"], phases.Select(phase => phase.Name));
        Assert.Equal(["gmf/in", "gmf/jp", "ddtcdr"], phases.Select(phase => phase.Key));
        Assert.Equal(["in", "jp", null], phases.Select(phase => phase.Market));
        Assert.Equal(joint.Phases, joint.Over(["in", "jp"]));
        Assert.Equal(joint.Phases, PlanCatalog.Find("nmf++").Phases);
    }

    [Theory]
    [InlineData("ddtcdr", true)]
    [InlineData("conet", true)]
    [InlineData("nmf++", false)]
    [InlineData("ma-nmf++", false)]
    public void Methods_with_minibatches_of_one_market_refuse_only_mixed_sampling(string method, bool refuses)
    {
        string refusal = $"{method} takes each minibatch from one market, and concat mixes them; equal and sel do not";
        Assert.Equal(refuses ? refusal : null, Refusal(Sampling.Concat));
        Assert.Null(Refusal(Sampling.Equal));
        Assert.Null(Refusal(Sampling.Sel));

        string? Refusal(Sampling sampling) => PlanCatalog.Find(method, new() { Samples = new() { Sampling = sampling } }).SamplingRefusal;
    }

    [Theory]
    [InlineData("gmf", null)]
    [InlineData("ma-gmf++", null)]
    [InlineData("bpr-mf++", null)]
    [InlineData("mlp", "mlp")]
    [InlineData("ma-nmf++", "ma-mlp")]
    [InlineData("conet", "conet")]
    [InlineData("forec", "mlp")]
    [InlineData("ease", null)]
    public void The_softmax_over_all_items_needs_dot_products_and_minibatches_of_one_market(string method, string? network)
    {
        Assert.Equal(
            network is null ? null : $"softmax over all items needs logits that are dot products, and those of {network} are not; "
                + "sampled-softmax works with it",
            Plan(Sampling.Equal).LossRefusal);
        Assert.Null(PlanCatalog.Find(method, new() { Loss = RatingLoss.SampledSoftmax }).LossRefusal);
        Assert.Null(Plan(Sampling.Equal).SamplingRefusal);
        if (network is null && method.EndsWith("++", StringComparison.Ordinal))
        {
            Assert.Equal(
                "softmax takes each minibatch from one market, and concat mixes them; equal and sel do not",
                Plan(Sampling.Concat).SamplingRefusal);
        }

        Plan Plan(Sampling sampling) =>
            PlanCatalog.Find(method, new() { Loss = RatingLoss.Softmax, Samples = new() { Sampling = sampling } });
    }

    [Theory]
    [InlineData("nmf++", "nmf-forec")]
    [InlineData("maml", "forec")]
    [InlineData("reptile", "reptile-forec")]
    [InlineData("anil", "anil-forec")]
    [InlineData("ma-nmf++", null)]
    [InlineData("nmf", null)]
    [InlineData("forec", null)]
    public void The_plan_of_a_fork_begins_with_the_phases_of_its_parent(string parent, string? fork)
    {
        Assert.Equal(fork, PlanCatalog.ForkOf(parent));
        Assert.Equal(fork is not null, PlanCatalog.ForkParents.Contains(parent));
    }

    [Fact]
    public void The_error_for_an_unknown_method_lists_all_methods()
    {
        string message = Assert.Throws<ArgumentException>(() => PlanCatalog.Find("svd")).Message;
        Assert.Contains(
            $"no method is called 'svd'; there are {string.Join(", ", PlanCatalog.Methods)}", message, StringComparison.Ordinal);
    }
}
