// The linear algebra in one table: matrix products, inverses by Cholesky and full rankings, on one thread and on all, with the machine's
// peak of multiply-adds and the peers OpenBLAS, numpy on OpenBLAS (linear_algebra.py) and MathNet.Numerics, measured in turn. A figure is
// the median over the rounds. Rankings are of all users and items of XMarket's ca, top 10.

using System.Diagnostics;
using System.Globalization;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using DenseMatrix = MathNet.Numerics.LinearAlgebra.Single.DenseMatrix;

namespace ForecEngine.Bench.Summary;

/// <summary>Measures and prints.</summary>
internal static class LinearAlgebraSummary
{
    private const int Users = 4668;
    private const int Items = 5735;
    private const double PairFlops = 7_456; // of nmf: 3,728 multiply-adds

    private static readonly Calculation[] s_calculations =
    [
        new("product 1024", "1,024 x 1,024 x 1,024", 2 * Math.Pow(1024, 3)),
        new("inverse 1000", "Cholesky + inverse, 1,000", Math.Pow(1000, 3)),
        new("inverse 5700", "Cholesky + inverse, 5,700", Math.Pow(5700, 3)),
        new("ranking d=8", "top 10 by dot products of 8", 2.0 * Users * Items * 8),
        new("ranking d=128", "top 10 by dot products of 128", 2.0 * Users * Items * 128),
        new("ranking nmf", "top 10 by nmf's logits", PairFlops * Users * Items),
    ];

    /// <summary>Measures for about two minutes and prints the table.</summary>
    /// <param name="isShort">Whether to measure one round instead of five.</param>
    /// <param name="output">Receives the table.</param>
    /// <param name="error">Receives progress.</param>
    public static void Print(bool isShort, TextWriter output, TextWriter error)
    {
        int rounds = isShort ? 1 : 5;
        List<(int Threads, string What, double Seconds)> own = [], peers = [];
        List<MachineCeilings> ceilings = [];
        string library = "", missing = "";
        double[] managed = [.. Enumerable.Range(0, isShort ? 1 : 3).Select(_ => MathNetSeconds(1000))];
        for (int round = 1; round <= rounds; round++)
        {
            foreach (int threads in BenchDevice.ThreadCounts)
            {
                error.WriteLine($"linear algebra, round {round} of {rounds}, {threads} threads");
                using SimdDevice device = new(threads);
                ceilings.Add(MachineCeilings.Measure(threads));
                own.AddRange(s_calculations.Select(calculation => (threads, calculation.Name, Seconds(device, calculation.Name))));
                PeerResult peer = Peer.Run("run-numpy.sh", threads, [("--rounds", 1), ("--users", Users), ("--items", Items)], []);
                peers.AddRange(peer.Figures.Select(figure => (threads, figure.What, 1 / figure.Rate)));
                library = peer.Figures.Count > 0 ? peer.Figures[^1].Library : library;
                missing = peer.Figures.Count < s_calculations.Length ? peer.Missing : missing;
            }
        }

        output.Write(Text($"| linear algebra, {Users:N0} users x {Items:N0} items | threads "));
        output.WriteLine("| seconds | of the FMA peak | peer's seconds | times the peer |");
        output.WriteLine("| :-- | --: | --: | --: | --: | --: |");
        foreach (Calculation calculation in s_calculations)
        {
            foreach (int threads in BenchDevice.ThreadCounts)
            {
                double seconds = Median(own, threads, calculation.Name), peer = Median(peers, threads, calculation.Name);
                double peak = ceilings.Where(ceiling => ceiling.Threads == threads).ToArray().Median(ceiling => ceiling.FmaGflops);
                string share = Text($"{calculation.Flops / seconds / 1e7 / peak:F1}%");
                string compared = double.IsNaN(peer) ? $"not measured: {missing} |" : Text($"{peer:0.0000} | {peer / seconds:F2}");
                output.WriteLine(Text($"| {calculation.Text} | {threads} | {seconds:0.0000} | {share} | {compared} |"));
            }
        }

        double best = BenchDevice.ThreadCounts.Min(threads => Median(own, threads, "inverse 1000")), slow = managed.Median(time => time);
        output.WriteLine(Text(
            $"| Cholesky + inverse, 1,000, MathNet.Numerics, managed | all | {best:0.0000} | | {slow:0.0000} | {slow / best:F2} |"));
        output.WriteLine();
        output.WriteLine(library.Length > 0 ? $"The peer is {library}." : $"The peer was not measured: {missing}");
    }

    private static double Seconds(SimdDevice device, string name)
    {
        string[] parts = name.Split(' ');
        return parts[0] switch
        {
            "product" => ProductSeconds(device, int.Parse(parts[1], CultureInfo.InvariantCulture)),
            "inverse" => InverseSeconds(device, int.Parse(parts[1], CultureInfo.InvariantCulture)),
            _ => RankingSeconds(device, parts[1]),
        };
    }

    private static double ProductSeconds(SimdDevice device, int n)
    {
        Matrix a = Drawn(device, "a", n, n), b = Drawn(device, "b", n, n), c = Drawn(device, "c", n, n);
        return MedianSeconds(9, () => device.Multiply(a, b, c));
    }

    private static double InverseSeconds(SimdDevice device, int n)
    {
        Matrix factor = Drawn(device, "factor", n, 64), original = Drawn(device, "matrix", n, n), matrix = Drawn(device, "matrix", n, n);
        device.Multiply(factor, factor, original, Transposed.B);
        for (int i = 0; i < n; i++)
            original.Values.Span[(i * n) + i] += 64;
        return MedianSeconds(n > 2000 ? 1 : 5, () => device.CholeskyInverse(matrix), () => device.Copy(original.Values, matrix.Values));
    }

    private static double RankingSeconds(SimdDevice device, string kind)
    {
        IScorer scorer;
        if (kind == "nmf")
        {
            IRecommender model = ModelCatalog.Create("nmf", device, new ModelShape(Users, Items, 8, [16, 64, 32, 16, 8]));
            model.Initialise(1, "bench", 1);
            scorer = new ModelScorer(device, model);
        }
        else
        {
            int dimension = int.Parse(kind[2..], CultureInfo.InvariantCulture);
            scorer = new DotScorer(device, Drawn(device, "users", Users, dimension), Drawn(device, "items", Items, dimension));
        }

        int[] items = [.. Enumerable.Range(0, Items)];
        ListedUser[] users = [.. Enumerable.Range(0, Users).Select(user => new ListedUser("", user, null, []))];
        TopLists lists = new(scorer, items, items, most: 10, device.Threads);
        return MedianSeconds(kind == "nmf" ? 1 : 5, () => Array.ForEach([.. lists.Make(users)], Check));
    }

    private static void Check(TopList list)
    {
        if (list.Items.Count != 10)
            throw new InvalidDataException($"a list has {list.Items.Count} items, expected 10");
    }

    private static double MathNetSeconds(int n)
    {
        using SimdDevice device = new(1);
        Matrix factor = Drawn(device, "factor", n, 64), matrix = Drawn(device, "matrix", n, n);
        device.Multiply(factor, factor, matrix, Transposed.B);
        DenseMatrix managed = new(n, n, matrix.Values.Span.ToArray());
        for (int i = 0; i < n; i++)
            managed[i, i] += 64;
        return MedianSeconds(1, () => managed.Cholesky().Solve(DenseMatrix.CreateIdentity(n)));
    }

    // The first call is not counted.
    private static double MedianSeconds(int rounds, Action run, Action? prepare = null)
    {
        double[] seconds =
        [
            .. Enumerable.Range(0, rounds + 1).Select(_ =>
            {
                prepare?.Invoke();
                long start = Stopwatch.GetTimestamp();
                run();
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }),
        ];
        return seconds[1..].Median(second => second);
    }

    private static double Median(List<(int Threads, string What, double Seconds)> all, int threads, string what)
    {
        (int Threads, string What, double Seconds)[] some = [.. all.Where(one => one.Threads == threads && one.What == what)];
        return some.Length == 0 ? double.NaN : some.Median(one => one.Seconds);
    }

    private static Matrix Drawn(SimdDevice device, string name, int rows, int columns)
    {
        RandomSequence draws = RandomSequence.Named(1, $"bench/{name}");
        Slice<float> values = device.Allocate<float>(rows * columns).Slice();
        for (int i = 0; i < values.Length; i++)
            values.Span[i] = (float)draws.Normal((ulong)i);
        return new Matrix(values, rows, columns);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A calculation.</summary>
    /// <param name="Name">Its name in linear_algebra.py.</param>
    /// <param name="Text">Its name in the table.</param>
    /// <param name="Flops">Its operations.</param>
    private sealed record Calculation(string Name, string Text, double Flops);
}
