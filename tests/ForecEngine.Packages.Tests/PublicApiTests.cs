// Compares the public API of the packages with the text in api/, so that every change of the API is reviewed there.

using System.Reflection;
using PublicApiGenerator;
using Xunit;

namespace ForecEngine.Packages.Tests;

public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions s_options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes =
        [
            "System.Runtime.CompilerServices.CompilerGeneratedAttribute",
            "System.Runtime.CompilerServices.ParamCollectionAttribute",
            "System.Runtime.CompilerServices.ScopedRefAttribute",
        ],
    };

    [Theory]
    [InlineData("ForecEngine.Kernels")]
    [InlineData("ForecEngine.Kernels.Gpu")]
    [InlineData("ForecEngine")]
    [InlineData("ForecEngine.Recommenders")]
    [InlineData("ForecEngine.FsCheck")]
    public void The_public_api_is_the_one_that_was_accepted(string package) =>
        AcceptedFile.Compare($"api/{package}.txt", Assembly.Load(package).GeneratePublicApi(s_options).ReplaceLineEndings("\n") + "\n");
}
