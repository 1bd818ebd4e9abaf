// A tile of samples in the fused step: its way forward and backward through the network, by one group, in shared memory. All activations of
// a tile and all weights are there, in rows of Float4: a row's length is rounded up to fours, the rest is zeros, and the rows are an odd
// number of fours apart, so that threads that read a column of fours use different banks. An adjoint replaces the activation that it
// belongs to.
//
// A thread computes 4 samples x 4 outputs (or 2, or 1, if the layer is small) of a product, 4 samples x 4 inputs of an input's adjoint, and
// 4 x 4 weights of a weight's gradient. Every element is one chain in a fixed order. The gradients of a tile are added to the group's own
// sums in the device's memory.
//
// No barrier is in a branch: PoCL 6.0 runs such kernels wrong without a message. Loops around barriers have the same count for all threads
// of a group.

using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The steps of a tile.</summary>
internal static class NetworkTile
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
            for (int k = thread; k < layer.Inputs * layer.Outputs; k += Group.DimX)
            {
                int output = k / layer.Inputs;
                shared[(4 * (layer.SharedWeight + (output * layer.SharedRow))) + k - (output * layer.Inputs)] =
                    network.Memory[layer.Weight + k];
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

    /// <summary>
    /// Trains on a tile: adds its gradients to the group's sums, or overwrites them, and gives the rows' adjoints away. Thread 0 returns the
    /// sum of the tile's losses.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="fours">The shared memory.</param>
    /// <param name="rows">The samples.</param>
    /// <param name="first">The tile's first sample.</param>
    /// <param name="share">The weight of a sample's loss in the gradient.</param>
    /// <param name="sums">The group's sums.</param>
    /// <param name="adds">Whether to add to the sums.</param>
    /// <param name="thread">The thread.</param>
    public static float Train<TRows>(
        TileNetwork network, ArrayView<Float4> fours, TRows rows, int first, float share, ArrayView<float> sums, bool adds, int thread)
        where TRows : struct, ITileRows
    {
        ArrayView<float> shared = Floats(fours);
        float logit = Forward(network, fours, rows, first, thread);
        if (thread < network.Samples)
        {
            bool isThere = first + thread < rows.Count;
            float label = isThere ? rows.Label(first + thread) : 0f;
            float loss = BinaryCrossEntropy.Forward(new GpuLane(logit), new GpuLane(label)).Value;
            float adjoint = BinaryCrossEntropy.BackwardLeft(new GpuLane(logit), new GpuLane(label), new GpuLane(share)).Value;
            shared[network.Logits + thread] = isThere ? adjoint : 0f;
            shared[network.Logits + network.Samples + thread] = isThere ? loss : 0f;
        }

        Group.Barrier();
        float total = 0;
        if (thread == 0)
        {
            for (int sample = 0; sample < network.Samples; sample++)
                total += shared[network.Logits + network.Samples + sample];
        }

        TileLayer output = network.Layers[network.LayerCount - 1];
        for (int i = thread; i <= output.Inputs; i += Group.DimX)
        {
            float sum = 0;
            for (int sample = 0; sample < network.Samples; sample++)
            {
                float input = i < output.Inputs ? shared[(4 * (output.Input + (sample * output.InputRow))) + i] : 1f;
                sum += shared[network.Logits + sample] * input;
            }

            Put(sums, i < output.Inputs ? output.WeightSum + i : output.BiasSum, sum, adds);
        }

        Group.Barrier();
        for (int i = thread; i < network.Samples * output.Inputs; i += Group.DimX)
        {
            int sample = i / output.Inputs, column = i - (sample * output.Inputs);
            int place = (4 * (output.Input + (sample * output.InputRow))) + column;
            float adjoint = shared[network.Logits + sample] * shared[(4 * output.SharedWeight) + column];
            shared[place] = column >= output.Rectified || shared[place] > 0 ? adjoint : 0f;
        }

        Group.Barrier();
        for (int i = network.LayerCount - 2; i >= 0; i--)
            Backward(network.Layers[i], fours, shared, network.Samples, sums, adds, thread);
        Leave(network, shared, rows, first, thread);
        return total;
    }

    // The gradients of a hidden layer, from the adjoint in the place of its output; then its input's adjoint in the place of the input.
    private static void Backward(
        TileLayer layer, ArrayView<Float4> fours, ArrayView<float> shared, int samples, ArrayView<float> sums, bool adds, int thread)
    {
        for (int tile = thread; tile < layer.OutputFours * layer.InputFours; tile += Group.DimX)
        {
            int output = tile / layer.InputFours, input = tile - (output * layer.InputFours);
            int dy = layer.Output + output, x = layer.Input + input;
            Float4 a = default, b = default, c = default, d = default;
            for (int sample = 0; sample < samples; sample++)
            {
                Float4 adjoint = fours[dy], value = fours[x];
                a = Float4.MultiplyAdd(adjoint.X, value, a);
                b = Float4.MultiplyAdd(adjoint.Y, value, b);
                c = Float4.MultiplyAdd(adjoint.Z, value, c);
                d = Float4.MultiplyAdd(adjoint.W, value, d);
                dy += layer.OutputRow;
                x += layer.InputRow;
            }

            Put(sums, layer, 4 * output, 4 * input, a, adds);
            Put(sums, layer, (4 * output) + 1, 4 * input, b, adds);
            Put(sums, layer, (4 * output) + 2, 4 * input, c, adds);
            Put(sums, layer, (4 * output) + 3, 4 * input, d, adds);
        }

        for (int output = thread; output < layer.Outputs; output += Group.DimX)
        {
            float sum = 0;
            for (int sample = 0; sample < samples; sample++)
                sum += shared[(4 * (layer.Output + (sample * layer.OutputRow))) + output];
            Put(sums, layer.BiasSum + output, sum, adds);
        }

        Float4 e = default, f = default, g = default, h = default;
        int rowOfTiles = thread / layer.InputFours, column = thread - (rowOfTiles * layer.InputFours), row = 4 * rowOfTiles;
        bool isActive = row < samples;
        if (isActive)
        {
            int weight = layer.SharedWeight + column, dy = layer.Output + (row * layer.OutputRow);
            for (int k = 0; k < layer.OutputFours; k++)
            {
                Float4 w0 = fours[weight], w1 = fours[weight + layer.SharedRow], w2 = fours[weight + (2 * layer.SharedRow)];
                Float4 w3 = fours[weight + (3 * layer.SharedRow)];
                e = Through(fours[dy + k], w0, w1, w2, w3, e);
                f = Through(fours[dy + layer.OutputRow + k], w0, w1, w2, w3, f);
                g = Through(fours[dy + (2 * layer.OutputRow) + k], w0, w1, w2, w3, g);
                h = Through(fours[dy + (3 * layer.OutputRow) + k], w0, w1, w2, w3, h);
                weight += 4 * layer.SharedRow;
            }
        }

        Group.Barrier();
        if (isActive)
        {
            int place = layer.Input + (row * layer.InputRow) + column, rectified = layer.Rectified - (4 * column);
            fours[place] = Masked(fours[place], e, rectified);
            fours[place + layer.InputRow] = Masked(fours[place + layer.InputRow], f, rectified);
            fours[place + (2 * layer.InputRow)] = Masked(fours[place + (2 * layer.InputRow)], g, rectified);
            fours[place + (3 * layer.InputRow)] = Masked(fours[place + (3 * layer.InputRow)], h, rectified);
        }

        Group.Barrier();
    }

    // The adjoints of the rows.
    private static void Leave<TRows>(TileNetwork network, ArrayView<float> shared, TRows rows, int first, int thread)
        where TRows : struct, ITileRows
    {
        int pair = 2 * network.Tower;
        for (int i = thread; i < network.Samples * pair; i += Group.DimX)
        {
            int sample = i / pair, column = i - (sample * pair), table = column < network.Tower ? 0 : 1;
            float adjoint = shared[(4 * (network.Pair + (sample * network.PairRow))) + column];
            if (first + sample < rows.Count)
                rows.Store(table, first + sample, column - (table * network.Tower), adjoint);
        }

        for (int i = thread; i < network.Samples * network.Product; i += Group.DimX)
        {
            int sample = i / network.Product, column = i - (sample * network.Product);
            int factors = 4 * (network.Factors + (sample * network.FactorsRow));
            float adjoint = shared[(4 * (network.Joint + (sample * network.JointRow))) + network.ProductColumn + column];
            float user = shared[factors + column], item = shared[factors + network.Product + column];
            if (first + sample < rows.Count)
            {
                rows.Store(2, first + sample, column, adjoint * item);
                rows.Store(3, first + sample, column, adjoint * user);
            }
        }
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

    private static void Put(ArrayView<float> sums, TileLayer layer, int output, int input, Float4 value, bool adds)
    {
        int place = layer.WeightSum + (output * layer.Inputs) + input;
        if (output < layer.Outputs)
        {
            Put(sums, place, value.X, adds);
            if (input + 1 < layer.Inputs)
                Put(sums, place + 1, value.Y, adds);
            if (input + 2 < layer.Inputs)
                Put(sums, place + 2, value.Z, adds);
            if (input + 3 < layer.Inputs)
                Put(sums, place + 3, value.W, adds);
        }
    }

    private static void Put(ArrayView<float> sums, int place, float value, bool adds) =>
        sums[place] = adds ? sums[place] + value : value;

    private static Float4 Through(Float4 dy, Float4 w0, Float4 w1, Float4 w2, Float4 w3, Float4 sum) =>
        Float4.MultiplyAdd(
            dy.W, w3, Float4.MultiplyAdd(dy.Z, w2, Float4.MultiplyAdd(dy.Y, w1, Float4.MultiplyAdd(dy.X, w0, sum))));

    // The first columns are the outputs of a ReLU, whose adjoint is 0 where its output is 0.
    private static Float4 Masked(Float4 x, Float4 dx, int rectified) => new(
        rectified <= 0 || x.X > 0 ? dx.X : 0f, rectified <= 1 || x.Y > 0 ? dx.Y : 0f, rectified <= 2 || x.Z > 0 ? dx.Z : 0f,
        rectified <= 3 || x.W > 0 ? dx.W : 0f);

    // A NaN stays, as in Ops.Relu, so that the loss shows it.
    private static float Rectified(float x) => Relu.Forward(new GpuLane(x)).Value;
}
