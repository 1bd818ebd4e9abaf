using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class RehearsalTests
{
    [Fact]
    public async Task Every_plan_can_be_rehearsed()
    {
        foreach (string method in PlanCatalog.Methods)
            await Rehearsal.Begin(PlanCatalog.Find(method, new TrainingSettings()));
    }
}
