// Tests that run while no other does.

using Xunit;

namespace ForecEngine.Recommenders.Tests;

/// <summary>
/// Tests that count what their thread allocates. While others ran, a step was now and then charged 8144 or 8088 bytes,
/// an allocation context of 8 KB less an object or two - without tiered compilation too; alone it never was.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
