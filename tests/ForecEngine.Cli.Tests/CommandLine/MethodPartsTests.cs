// An option that a method has no use for is refused; one that it has a use for is not.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Verbs;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Cli.Tests.CommandLine;

public sealed class MethodPartsTests
{
    private static readonly DeclaredVerb s_train = VerbCatalog.Find("train");

    [Theory]
    [InlineData("gmf", "layers sampling shots inner-lr adapt-on head unfreeze keep-output fine-tune-epochs fine-tune-batch-size fine-tune-l2 fine-tune-loss ddtcdr-alpha ddtcdr-loss cross-gradient dropout scoring-dropout")]
    [InlineData("nmf", "sampling shots inner-lr adapt-on head unfreeze keep-output fine-tune-epochs fine-tune-batch-size fine-tune-l2 fine-tune-loss ddtcdr-alpha ddtcdr-loss cross-gradient dropout scoring-dropout")]
    [InlineData("ma-gmf++", "layers shots inner-lr adapt-on head unfreeze keep-output fine-tune-epochs fine-tune-batch-size fine-tune-l2 fine-tune-loss ddtcdr-alpha ddtcdr-loss cross-gradient dropout scoring-dropout")]
    [InlineData("ddtcdr", "layers shots inner-lr adapt-on head unfreeze keep-output fine-tune-epochs fine-tune-batch-size fine-tune-l2 fine-tune-loss")]
    [InlineData("maml", "head unfreeze keep-output fine-tune-epochs fine-tune-batch-size fine-tune-l2 fine-tune-loss ddtcdr-alpha ddtcdr-loss cross-gradient dropout scoring-dropout")]
    [InlineData("nmf-forec", "shots inner-lr adapt-on ddtcdr-alpha ddtcdr-loss cross-gradient dropout scoring-dropout")]
    [InlineData("forec", "ddtcdr-alpha ddtcdr-loss cross-gradient dropout scoring-dropout")]
    public void Options_about_parts_that_a_method_lacks_are_refused_and_no_others(string method, string refused)
    {
        Plan plan = PlanCatalog.Find(method);
        Assert.Equal(refused.Split(' ').Order(StringComparer.Ordinal), s_train.Options.Where(option => IsRefused(option, plan)).Select(option => option.Name).Order(StringComparer.Ordinal));
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
