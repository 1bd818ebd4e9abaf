// The way of a tile back through the network: the gradients of the weights, from the output layer to the first, and the rows' adjoints.

namespace ForecEngine.Kernels.Gpu;

internal static partial class NetworkTile
{
    /// <summary>
    /// Trains on a tile: adds its gradients to the group's sums, or overwrites them, and gives the rows' adjoints away. Thread 0 returns
    /// the sum of the tile's losses.
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
            // The bias is the weight of an input of 1.
            bool isWeight = i < output.Inputs;
            int place = (4 * output.Input) + (isWeight ? i : 0), row = 4 * output.InputRow;
            float sum = 0;
            for (int sample = 0; sample < network.Samples; sample += 4)
            {
                float a = shared[place], b = shared[place + row], c = shared[place + (2 * row)], d = shared[place + (3 * row)];
                int adjoint = network.Logits + sample;
                sum += shared[adjoint] * (isWeight ? a : 1f);
                sum += shared[adjoint + 1] * (isWeight ? b : 1f);
                sum += shared[adjoint + 2] * (isWeight ? c : 1f);
                sum += shared[adjoint + 3] * (isWeight ? d : 1f);
                place += 4 * row;
            }

            Put(sums, isWeight ? output.WeightSum + i : output.BiasSum, sum, adds);
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
            for (int sample = 0; sample < samples; sample += 2)
            {
                Float4 adjoint = fours[dy], value = fours[x], nextAdjoint = fours[dy + layer.OutputRow], next = fours[x + layer.InputRow];
                a = Float4.MultiplyAdd(nextAdjoint.X, next, Float4.MultiplyAdd(adjoint.X, value, a));
                b = Float4.MultiplyAdd(nextAdjoint.Y, next, Float4.MultiplyAdd(adjoint.Y, value, b));
                c = Float4.MultiplyAdd(nextAdjoint.Z, next, Float4.MultiplyAdd(adjoint.Z, value, c));
                d = Float4.MultiplyAdd(nextAdjoint.W, next, Float4.MultiplyAdd(adjoint.W, value, d));
                dy += 2 * layer.OutputRow;
                x += 2 * layer.InputRow;
            }

            Put(sums, layer, 4 * output, 4 * input, a, adds);
            Put(sums, layer, (4 * output) + 1, 4 * input, b, adds);
            Put(sums, layer, (4 * output) + 2, 4 * input, c, adds);
            Put(sums, layer, (4 * output) + 3, 4 * input, d, adds);
        }

        for (int output = thread; output < layer.Outputs; output += Group.DimX)
        {
            int place = (4 * layer.Output) + output, next = 4 * layer.OutputRow;
            float sum = 0;
            for (int sample = 0; sample < samples; sample += 4)
            {
                float a = shared[place], b = shared[place + next], c = shared[place + (2 * next)], d = shared[place + (3 * next)];
                sum += a;
                sum += b;
                sum += c;
                sum += d;
                place += 4 * next;
            }

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
}
