// MethodParts refuses exactly the options that have no effect with a method.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Verbs;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Cli.Tests.CommandLine;

public sealed class MethodPartsTests
{
    private const string Adaptation = "shots inner-lr adapt-on";
    private const string FineTuning = "head unfreeze keep-output fine-tune-epochs fine-tune-batch-size fine-tune-l2 fine-tune-loss";
    private const string Ddtcdr = "ddtcdr-alpha ddtcdr-loss cross-gradient scoring-dropout";

    private const string Bag = "bag-epochs bag-batch-size bag-learning-rate bag-l2 bag-dropout factors";
    private const string Histories = $"recency-decay recency-floor neighbours shrink ridge {Bag}";
    private const string Descent =
        "epochs batch-size learning-rate l2 negatives negatives-exclude redraw-negatives embedding-dim "
        + "unit-product adam layers dropout loss negative-sampling schedule decay-start final-rate patience weight-averaging";

    private static readonly DeclaredVerb s_train = VerbCatalog.Find("train");

    [Theory]
    [InlineData("gmf", $"layers dropout sampling source-rows {Adaptation} {FineTuning} {Ddtcdr} {Histories}")]
    [InlineData("nmf", $"sampling source-rows {Adaptation} {FineTuning} {Ddtcdr} {Histories}")]
    [InlineData("ma-gmf++", $"layers dropout {Adaptation} {FineTuning} {Ddtcdr} {Histories}")]
    [InlineData("conet", $"unit-product dropout {Adaptation} {FineTuning} {Ddtcdr} {Histories}")]
    [InlineData("bpr-mf", $"unit-product layers dropout sampling source-rows {Adaptation} {FineTuning} {Ddtcdr} {Histories}")]
    [InlineData("ddtcdr", $"layers {Adaptation} {FineTuning} {Histories}")]
    [InlineData("maml", $"{FineTuning} {Ddtcdr} {Histories}")]
    [InlineData("nmf-forec", $"{Adaptation} {Ddtcdr} {Histories}")]
    [InlineData("forec", $"{Ddtcdr} {Histories}")]
    [InlineData("ease++", $"neighbours shrink average-seeds {Bag} {Descent} {Adaptation} {FineTuning} {Ddtcdr}")]
    [InlineData("forec+", $"{Descent} {Adaptation} {FineTuning} {Ddtcdr}")]
    public void Only_options_for_parts_that_a_method_lacks_are_refused(string method, string refused)
    {
        Plan plan = PlanCatalog.Find(method);
        Assert.Equal(refused.Split(' ').Order(StringComparer.Ordinal),
            s_train.Options.Where(option => IsRefused(option, plan)).Select(option => option.Name).Order(StringComparer.Ordinal));
    }

    private static bool IsRefused(DeclaredOption option, Plan plan)
    {
        try
        {
            MethodParts.Require([option], plan);
            return false;
        }
        catch (CommandLineException exception)
        {
            Assert.StartsWith($"--{option.Name} has no effect with {plan.Method}; it is for ", exception.Message, StringComparison.Ordinal);
            return true;
        }
    }
}
