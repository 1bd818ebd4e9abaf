// A random network on a device: the same for every device.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

/// <summary>A network with its parameters, gradients and statistics.</summary>
internal sealed class NetworkCase
{
    private const int Users = 23;
    private const int Items = 31;

    private readonly IDevice _device;
    private readonly Case _draw;
    private readonly Network _network;
    private readonly List<(Matrix Value, RowGradient? Gradient, Matrix Whole, Slice<float> M, Slice<float> V)> _parameters = [];
    private readonly bool _touchedOnly;

    public NetworkCase(IDevice device, Case draw)
    {
        (_device, _draw) = (device, draw);
        int kind = draw.Below("kind", 4), tower = 1 + draw.Below("tower", 9), product = 1 + draw.Below("product", 9);
        _touchedOnly = draw.Below("touched", 2) == 1;
        NetworkPair? towerPair = kind == 0 ? null : Pair("tower", tower), productPair = kind == 1 ? null : Pair("product", product);
        int columns = kind == 0 ? 0 : 2 * tower;
        List<NetworkLayer> towerLayers = [];
        for (int i = 0; i < (kind == 0 ? 0 : draw.Below("layers", 4)); i++)
            towerLayers.Add(Layer($"tower{i}", 1 + draw.Below($"tower{i}", 33), ref columns));
        columns += kind == 1 ? 0 : product;
        List<NetworkLayer> head = [];
        for (int i = 0; i < (kind == 3 ? 2 : 0); i++)
            head.Add(Layer($"head{i}", 1 + draw.Below($"head{i}", 20), ref columns));
        // A tower alone has its layers in the head.
        _network = kind == 1
            ? new Network(towerPair, towerLayers, null, [], Layer("output", 1, ref columns))
            : new Network(towerPair, towerLayers, productPair, head, Layer("output", 1, ref columns));
    }

    public INetworkProgram Compile()
    {
        INetworkProgram? program = _device.Compile(_network);
        Assert.NotNull(program);
        return program;
    }

    /// <summary>Random samples, in which one item is popular.</summary>
    public SampleBatch Batch(string name, int count, bool isSorted = true)
    {
        int[] users = Case.Make(count, i => _draw.Of($"{name}/users").Below(i, Users));
        int[] items = Case.Make(count, i => Math.Max(0, _draw.Of($"{name}/items").Below(i, 3 * Items) - (2 * Items)));
        RowIds user = Rows(users, isSorted), item = Rows(items, isSorted);
        return new SampleBatch(user, item, default, _draw.Put(Case.Make(count, i => (float)_draw.Of($"{name}/labels").Below(i, 2))));
    }

    /// <summary>Minibatches of equal lengths side by side in the same memory, as in a training.</summary>
    public SampleBatch[] Beside(string name, int batches, int size)
    {
        int count = batches * size, block = MinibatchRows.BlockLength(size);
        SampleBatch all = Batch(name, count, isSorted: false);
        Slice<long> users = _device.Allocate<long>(batches * block).Slice(), items = _device.Allocate<long>(batches * block).Slice();
        _device.SortRows(new MinibatchRows(all.Users.Values, 0, batches, count, size), users);
        _device.SortRows(new MinibatchRows(all.Items.Values, 0, batches, count, size), items);
        return
        [
            .. Enumerable.Range(0, batches).Select(i => new SampleBatch(
                RowIds.Known(all.Users.Values.Part(i * size, size), Users, users.Part(i * block, block)),
                RowIds.Known(all.Items.Values.Part(i * size, size), Items, items.Part(i * block, block)),
                default, all.Labels.Part(i * size, size))),
        ];
    }

    public void Update(int step, Slice<float> losses)
    {
        Adam rule = Adam.Dense(step, 0.01, 0.9, 0.999, 1e-3, 1e-3), lazy = Adam.Lazy(step, 0.01, 0.9, 0.999, 1e-3, 1e-3);
        _device.Update<Adam>(losses, [.. _parameters.Where(parameter => parameter.Gradient is not null || !parameter.Whole.Values.IsEmpty)
            .Select(parameter => parameter.Gradient is { } gradient
                ? new ParameterUpdate<Adam>(
                    _touchedOnly ? lazy : rule, parameter.Value, parameter.M, parameter.V, gradient.Rows, gradient.Values, _touchedOnly)
                : new ParameterUpdate<Adam>(rule, parameter.Value.Values, parameter.M, parameter.V, parameter.Whole.Values))]);
        foreach ((_, RowGradient? gradient, _, _, _) in _parameters)
            gradient?.Clear();
    }

    public void Spoil() => _network.Output.Bias.Write([float.NaN]);

    public float[] Parameters() => [.. _parameters.SelectMany(
        parameter => (float[])[.. parameter.Value.Values.ToArray(), .. parameter.M.ToArray(), .. parameter.V.ToArray()])];

    public float[] Gradients() => [.. _parameters.SelectMany(parameter => parameter.Gradient is { } gradient
        ? [.. gradient.Rows.Values.ToArray().Select(row => (float)row), .. gradient.Values.Values.ToArray()]
        : parameter.Whole.Values.ToArray())];

    private RowIds Rows(int[] rows, bool isSorted)
    {
        RowIds written = RowIds.Write(_device.Allocate<int>(rows.Length).Slice(), rows);
        if (!isSorted)
            return written;
        Slice<long> keys = _device.Allocate<long>(MinibatchRows.BlockLength(rows.Length)).Slice();
        _device.SortRows(new MinibatchRows(written.Values, 0, 1, rows.Length, rows.Length), keys);
        return RowIds.Known(written.Values, written.Bound, keys);
    }

    private NetworkPair Pair(string name, int dimension) => new(Table($"{name}/user", Users), Table($"{name}/item", Items));

    private NetworkTable Table(string name, int rows)
    {
        int dimension = 1 + _draw.Below(name[..name.IndexOf('/', StringComparison.Ordinal)], 9);
        Matrix value = Small(name, rows, dimension);
        RowGradient? gradient = _draw.Below($"{name}/frozen", 5) == 0 ? null : new RowGradient(_device, dimension);
        _parameters.Add((value, gradient, default, Zeros(value), Zeros(value)));
        return new NetworkTable(value, gradient, Adapts: _draw.Below($"{name}/adapts", 3) > 0);
    }

    private NetworkLayer Layer(string name, int outputs, ref int inputs)
    {
        Matrix weight = Small(name, outputs, inputs), bias = Small($"{name}/bias", outputs, 1);
        Matrix dweight = new(Zeros(weight), outputs, inputs), dbias = new(Zeros(bias), outputs, 1);
        bool isFrozen = name != "output" && _draw.Below($"{name}/frozen", 5) == 0;
        _parameters.Add((weight, null, isFrozen ? default : dweight, Zeros(weight), Zeros(weight)));
        _parameters.Add((bias, null, isFrozen ? default : dbias, Zeros(bias), Zeros(bias)));
        inputs = outputs;
        return new NetworkLayer(
            weight, bias.Values, isFrozen ? default : dweight, isFrozen ? default : dbias.Values,
            Adapts: _draw.Below($"{name}/adapts", 3) > 0);
    }

    // Logits of about 1: larger ones make inner steps that rounding can turn to the other side of a ReLU.
    private Matrix Small(string name, int rows, int columns) =>
        new(_draw.Put(Case.Make(rows * columns, i => 0.3f * (float)_draw.Of(name).Normal(i))), rows, columns);

    private Slice<float> Zeros(Matrix like) => _device.Allocate<float>(like.Values.Length).Slice();
}

/// <summary>Reads slices.</summary>
internal static class SliceReading
{
    public static T[] ToArray<T>(this Slice<T> slice)
        where T : unmanaged
    {
        T[] values = new T[slice.Length];
        slice.Read(values);
        return values;
    }
}
