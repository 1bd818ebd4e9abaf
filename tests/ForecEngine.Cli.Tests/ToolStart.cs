// Processes of the tool in tests are short, and tiered compilation halves the work of a short one. Results do not depend on it.

using System.Runtime.CompilerServices;

namespace ForecEngine.Cli.Tests;

internal static class ToolStart
{
    [ModuleInitializer]
    internal static void Begin() => Environment.SetEnvironmentVariable("DOTNET_TieredCompilation", "1");
}
