// A tile of samples in the fused step: its way forward and backward through the network, by one group, in shared memory. All activations of
// a tile and all weights are there, in rows of Float4: a row's length is rounded up to fours, the rest is zeros, and the rows are an odd
// number of fours apart, so that threads that read a column of fours use different banks. An adjoint replaces the activation that it
// belongs to.
//
// A thread computes 4 samples x 4 outputs (or 2, or 1, if the layer is small) of a product, 4 samples x 4 inputs of an input's adjoint, and
// 4 x 4 weights of a weight's gradient. Every element is one chain in a fixed order. The gradients of a tile are added to the group's own
// sums in the device's memory.
//
// A loop whose iterations wait for one load each is slow, because a group has few threads to hide a load's latency. Such loops take two or
// four elements at a time; they load all before they add them, in the same order.
//
// No barrier is in a branch: PoCL 6.0 runs such kernels wrong without a message. Loops around barriers have the same count for all threads
// of a group.

using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The steps of a tile.</summary>
internal static partial class NetworkTile
{
    /// <summary>The fours of shared memory that a kernel allocates: 48 KB.</summary>
    public const int SharedFours = 3072;

    /// <summary>The numbers of the fours.</summary>
    public static ArrayView<float> Floats(ArrayView<Float4> fours) => ((ArrayView1D<Float4, Stride1D.Dense>)fours).Cast<Float4, float>();

    /// <summary>Clears the shared memory and copies the weights to it.</summary>
    public static void Begin(TileNetwork network, ArrayView<float> shared, int thread)
    {
        for (int i = thread; i < 4 * network.Fours; i += Group.DimX)
            shared[i] = 0f;
        Group.Barrier();
        for (int i = 0; i < network.LayerCount; i++)
        {
            TileLayer layer = network.Layers[i];
            int count = layer.Inputs * layer.Outputs, step = Group.DimX;
            for (int k = thread; k < count; k += 4 * step)
            {
                int last = layer.Weight + count - 1; // loads beyond the end take the last weight, and are not stored
                float a = network.Memory[layer.Weight + k], b = network.Memory[Math.Min(layer.Weight + k + step, last)];
                float c = network.Memory[Math.Min(layer.Weight + k + (2 * step), last)];
                float d = network.Memory[Math.Min(layer.Weight + k + (3 * step), last)];
                PutWeight(shared, layer, k, count, a);
                PutWeight(shared, layer, k + step, count, b);
                PutWeight(shared, layer, k + (2 * step), count, c);
                PutWeight(shared, layer, k + (3 * step), count, d);
            }

            for (int output = thread; output < layer.Outputs; output += Group.DimX)
                shared[layer.SharedBias + output] = network.Memory[layer.Bias + output];
        }
    }

    /// <summary>Computes the logits of a tile; thread t returns that of sample t. It starts and ends with a barrier.</summary>
    public static float Forward<TRows>(TileNetwork network, ArrayView<Float4> fours, TRows rows, int first, int thread)
        where TRows : struct, ITileRows
    {
        ArrayView<float> shared = Floats(fours);
        Group.Barrier();
        int pair = 2 * network.Tower;
        for (int i = thread; i < network.Samples * pair; i += Group.DimX)
        {
            int sample = i / pair, column = i - (sample * pair), table = column < network.Tower ? 0 : 1;
            float value = first + sample < rows.Count ? rows.Load(table, first + sample, column - (table * network.Tower)) : 0f;
            shared[(4 * (network.Pair + (sample * network.PairRow))) + column] = value;
        }

        for (int i = thread; i < network.Samples * network.Product; i += Group.DimX)
        {
            int sample = i / network.Product, column = i - (sample * network.Product);
            int factors = 4 * (network.Factors + (sample * network.FactorsRow));
            float user = first + sample < rows.Count ? rows.Load(2, first + sample, column) : 0f;
            float item = first + sample < rows.Count ? rows.Load(3, first + sample, column) : 0f;
            shared[factors + column] = user;
            shared[factors + network.Product + column] = item;
            shared[(4 * (network.Joint + (sample * network.JointRow))) + network.ProductColumn + column] = user * item;
        }

        Group.Barrier();
        for (int i = 0; i + 1 < network.LayerCount; i++)
        {
            TileLayer layer = network.Layers[i];
            int tiles = layer.OutputFours * (network.Samples >> 2);
            if (4 * tiles <= Group.DimX)
            {
                if (thread < 4 * tiles)
                    ForwardOnes(layer, fours, shared, thread);
            }
            else if (2 * tiles <= Group.DimX)
            {
                if (thread < 2 * tiles)
                    ForwardTwos(layer, fours, shared, thread);
            }
            else if (thread < tiles)
            {
                ForwardFours(layer, fours, shared, thread);
            }

            Group.Barrier();
        }

        TileLayer output = network.Layers[network.LayerCount - 1];
        float logit = shared[output.SharedBias];
        if (thread < network.Samples)
        {
            for (int k = 0; k < output.InputFours; k++)
                logit = Float4.Dot(fours[output.Input + (thread * output.InputRow) + k], fours[output.SharedWeight + k], logit);
        }

        return logit;
    }

    // 4 samples x outputs o, o + n, o + 2 n and o + 3 n, for n fours of outputs.
    private static void ForwardFours(TileLayer layer, ArrayView<Float4> fours, ArrayView<float> shared, int thread)
    {
        int n = layer.OutputFours, row = thread / n, output = thread - (row * n);
        row *= 4;
        float b0 = shared[layer.SharedBias + output], b1 = shared[layer.SharedBias + output + n];
        float b2 = shared[layer.SharedBias + output + (2 * n)], b3 = shared[layer.SharedBias + output + (3 * n)];
        float a00 = b0, a01 = b1, a02 = b2, a03 = b3, a10 = b0, a11 = b1, a12 = b2, a13 = b3;
        float a20 = b0, a21 = b1, a22 = b2, a23 = b3, a30 = b0, a31 = b1, a32 = b2, a33 = b3;
        int weight = layer.SharedWeight + (output * layer.SharedRow), next = n * layer.SharedRow;
        int x = layer.Input + (row * layer.InputRow);
        for (int k = 0; k < layer.InputFours; k++)
        {
            Float4 w0 = fours[weight + k], w1 = fours[weight + next + k], w2 = fours[weight + (2 * next) + k];
            Float4 w3 = fours[weight + (3 * next) + k], value = fours[x + k];
            a00 = Float4.Dot(value, w0, a00);
            a01 = Float4.Dot(value, w1, a01);
            a02 = Float4.Dot(value, w2, a02);
            a03 = Float4.Dot(value, w3, a03);
            value = fours[x + layer.InputRow + k];
            a10 = Float4.Dot(value, w0, a10);
            a11 = Float4.Dot(value, w1, a11);
            a12 = Float4.Dot(value, w2, a12);
            a13 = Float4.Dot(value, w3, a13);
            value = fours[x + (2 * layer.InputRow) + k];
            a20 = Float4.Dot(value, w0, a20);
            a21 = Float4.Dot(value, w1, a21);
            a22 = Float4.Dot(value, w2, a22);
            a23 = Float4.Dot(value, w3, a23);
            value = fours[x + (3 * layer.InputRow) + k];
            a30 = Float4.Dot(value, w0, a30);
            a31 = Float4.Dot(value, w1, a31);
            a32 = Float4.Dot(value, w2, a32);
            a33 = Float4.Dot(value, w3, a33);
        }

        Put(shared, layer, row, output, a00, a10, a20, a30);
        Put(shared, layer, row, output + n, a01, a11, a21, a31);
        Put(shared, layer, row, output + (2 * n), a02, a12, a22, a32);
        Put(shared, layer, row, output + (3 * n), a03, a13, a23, a33);
    }

    // 4 samples x outputs o and o + n, for n twos of outputs.
    private static void ForwardTwos(TileLayer layer, ArrayView<Float4> fours, ArrayView<float> shared, int thread)
    {
        int n = 2 * layer.OutputFours, row = thread / n, output = thread - (row * n);
        row *= 4;
        float b0 = shared[layer.SharedBias + output], b1 = shared[layer.SharedBias + output + n];
        float a00 = b0, a01 = b1, a10 = b0, a11 = b1, a20 = b0, a21 = b1, a30 = b0, a31 = b1;
        int weight = layer.SharedWeight + (output * layer.SharedRow), next = n * layer.SharedRow;
        int x = layer.Input + (row * layer.InputRow);
        for (int k = 0; k < layer.InputFours; k++)
        {
            Float4 w0 = fours[weight + k], w1 = fours[weight + next + k], value = fours[x + k];
            a00 = Float4.Dot(value, w0, a00);
            a01 = Float4.Dot(value, w1, a01);
            value = fours[x + layer.InputRow + k];
            a10 = Float4.Dot(value, w0, a10);
            a11 = Float4.Dot(value, w1, a11);
            value = fours[x + (2 * layer.InputRow) + k];
            a20 = Float4.Dot(value, w0, a20);
            a21 = Float4.Dot(value, w1, a21);
            value = fours[x + (3 * layer.InputRow) + k];
            a30 = Float4.Dot(value, w0, a30);
            a31 = Float4.Dot(value, w1, a31);
        }

        Put(shared, layer, row, output, a00, a10, a20, a30);
        Put(shared, layer, row, output + n, a01, a11, a21, a31);
    }

    // 4 samples x 1 output.
    private static void ForwardOnes(TileLayer layer, ArrayView<Float4> fours, ArrayView<float> shared, int thread)
    {
        int n = 4 * layer.OutputFours, row = thread / n, output = thread - (row * n);
        row *= 4;
        float bias = shared[layer.SharedBias + output], a0 = bias, a1 = bias, a2 = bias, a3 = bias;
        int weight = layer.SharedWeight + (output * layer.SharedRow), x = layer.Input + (row * layer.InputRow);
        for (int k = 0; k < layer.InputFours; k++)
        {
            Float4 w = fours[weight + k];
            a0 = Float4.Dot(fours[x + k], w, a0);
            a1 = Float4.Dot(fours[x + layer.InputRow + k], w, a1);
            a2 = Float4.Dot(fours[x + (2 * layer.InputRow) + k], w, a2);
            a3 = Float4.Dot(fours[x + (3 * layer.InputRow) + k], w, a3);
        }

        Put(shared, layer, row, output, a0, a1, a2, a3);
    }

    // An output of four samples, after the ReLU. What is right of the layer's outputs belongs to the product, or stays zero.
    private static void Put(ArrayView<float> shared, TileLayer layer, int row, int output, float a, float b, float c, float d)
    {
        int place = (4 * (layer.Output + (row * layer.OutputRow))) + output, next = 4 * layer.OutputRow;
        if (output < layer.Outputs)
        {
            shared[place] = Rectified(a);
            shared[place + next] = Rectified(b);
            shared[place + (2 * next)] = Rectified(c);
            shared[place + (3 * next)] = Rectified(d);
        }
    }

    private static void PutWeight(ArrayView<float> shared, TileLayer layer, int k, int count, float value)
    {
        int output = k / layer.Inputs;
        if (k < count)
            shared[(4 * (layer.SharedWeight + (output * layer.SharedRow))) + k - (output * layer.Inputs)] = value;
    }

    // A NaN stays, as in Ops.Relu, so that the loss shows it.
    private static float Rectified(float x) => Relu.Forward(new GpuLane(x)).Value;
}
