// Initial values. Element i of a parameter is draw i of a stream named after the purpose and the parameter, so it
// depends on nothing else: not on the order in which parameters are made, nor on the size of the others.

using ForecEngine.Kernels;

namespace ForecEngine;

/// <summary>Draws of initial parameter values.</summary>
public static class Initial
{
    /// <summary>Overwrites a parameter with draws from N(0, deviation^2).</summary>
    public static void Normal(Parameter parameter, double deviation, ulong seed, string purpose)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"initial/{purpose}/{parameter.Name}");
        Fill(parameter, i => (Real)(deviation * draws.Normal(i)));
    }

    /// <summary>Overwrites a parameter with draws uniform in +-bound.</summary>
    public static void Uniform(Parameter parameter, double bound, ulong seed, string purpose)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"initial/{purpose}/{parameter.Name}");
        Fill(parameter, i => (Real)(bound * ((2 * draws.Uniform(i)) - 1)));
    }

    private static void Fill(Parameter parameter, Func<ulong, Real> draw)
    {
        Real[] values = new Real[parameter.Value.Values.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = draw((ulong)i);
        parameter.Value.Values.Write(values);
    }
}
