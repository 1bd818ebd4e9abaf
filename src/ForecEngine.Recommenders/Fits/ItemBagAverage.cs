// The mean of several item bags' scores. It is an item bag itself: the vectors of all bags side by side, with out(j) and b(m, j) divided by
// their number.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Averages item bags that were trained with draws of their own.</summary>
/// <param name="Keys">The keys of their phases.</param>
public sealed record ItemBagAverage(IReadOnlyList<string> Keys) : ClosedFit
{
    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        ItemBag[] bags = [.. Keys.Select(key => (ItemBag)input.Earlier[key])];
        ItemBag first = bags[0];
        int width = bags.Sum(bag => bag.Dimension);
        ItemBag all = new(input.Device, first.Users, first.Recency, first.Markets, first.Items, width);
        Join(bag => bag.In, 1);
        Join(bag => bag.Last, 1);
        Join(bag => bag.Out, bags.Length);
        Real[] mean = new Real[first.Markets * first.Items];
        foreach (ItemBag bag in bags)
        {
            Real[] own = bag.Bias.ToArray();
            for (int i = 0; i < mean.Length; i++)
                mean[i] += own[i] / bags.Length;
        }

        all.Bias.Value.Values.Write(mean);
        return all;

        void Join(Func<ItemBag, EmbeddingTable> table, int divisor)
        {
            Real[] joined = new Real[first.Items * width];
            int start = 0;
            foreach (ItemBag bag in bags)
            {
                Real[] own = table(bag).ToArray();
                for (int i = 0; i < own.Length; i++)
                    joined[(i / bag.Dimension * width) + start + (i % bag.Dimension)] = own[i] / divisor;
                start += bag.Dimension;
            }

            table(all).Value.Values.Write(joined);
        }
    }
}
