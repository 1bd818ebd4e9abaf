// The initialisers of the catalog's plans: how a phase's model begins, and what it takes over from the phases before it.

namespace ForecEngine.Recommenders.Training;

/// <summary>The initialisers of the plans in the catalog.</summary>
public static class Initialisers
{
    /// <summary>Nothing is taken over.</summary>
    public sealed record Fresh : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier) => wanted.Fresh();
    }

    /// <summary>mlp starts from gmf's embeddings (the released code of Bonab et al., CIKM 2021).</summary>
    public sealed record GmfToMlp : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            (Mlp mlp, Gmf gmf) = ((Mlp)wanted.Fresh(), Only<Gmf>(earlier));
            mlp.User.Table.Set(gmf.User.Table);
            mlp.Item.Table.Set(gmf.Item.Table);
            SetMarkets(mlp.Market, gmf.Market);
            return mlp;
        }
    }

    /// <summary>
    /// nmf starts from the trained gmf and mlp (He et al., WWW 2017, section 3.4.1): all their embeddings and layers,
    /// the output weight 0.5 x [mlp; gmf] and the output bias 0.5 x the sum.
    /// </summary>
    /// <param name="TransferBiases">Whether the MLP's layers give their biases too.</param>
    public sealed record GmfAndMlpToNmf(bool TransferBiases) : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            (Nmf nmf, Gmf gmf, Mlp mlp) = ((Nmf)wanted.Fresh(), Only<Gmf>(earlier), Only<Mlp>(earlier));
            nmf.UserMlp.Table.Set(mlp.User.Table);
            nmf.ItemMlp.Table.Set(mlp.Item.Table);
            nmf.UserMf.Table.Set(gmf.User.Table);
            nmf.ItemMf.Table.Set(gmf.Item.Table);
            SetMarkets(nmf.MarketMlp, mlp.Market);
            SetMarkets(nmf.MarketMf, gmf.Market);
            foreach ((Linear from, Linear to) in mlp.Tower.Layers.Zip(nmf.Tower.Layers))
            {
                to.Weight.Set(from.Weight);
                if (TransferBiases)
                    to.Bias.Set(from.Bias);
            }

            nmf.Output.Weight.Value.Values.Write(
                [.. Read(mlp.Output.Weight).Select(w => w / 2), .. Read(gmf.Output.Weight).Select(w => w / 2)]);
            nmf.Output.Bias.Value.Values.Write([(Read(mlp.Output.Bias)[0] + Read(gmf.Output.Bias)[0]) / 2]);
            return nmf;
        }
    }

    /// <summary>
    /// ddtcdr's vectors are those that gmf learned on each market alone: the users' of their own market, the items' of
    /// each. They stay as they are.
    /// </summary>
    public sealed record PresetVectors : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            Ddtcdr ddtcdr = (Ddtcdr)wanted.Fresh();
            Gmf[] gmfs = [.. earlier.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value).OfType<Gmf>()];
            int[] borders = [.. wanted.Shape.FirstUsers, wanted.Shape.Users];
            for (int market = 0; market < gmfs.Length; market++)
            {
                Matrix users = gmfs[market].User.Table.Value;
                int start = borders[market] * users.Columns, length = (borders[market + 1] - borders[market]) * users.Columns;
                Real[] own = new Real[length];
                users.Values.Part(start, length).Read(own);
                ddtcdr.User.Table.Value.Values.Part(start, length).Write(own);
                ddtcdr.Networks[market].Item.Table.Set(gmfs[market].Item.Table);
                ddtcdr.Networks[market].Item.Table.IsFrozen = true;
            }

            ddtcdr.User.Table.IsFrozen = true;
            return ddtcdr;
        }
    }

    /// <summary>The earlier model of the same name goes on: it is the same one, not a copy.</summary>
    public sealed record SameModel : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier) =>
            (IRecommender)earlier[wanted.Model];
    }

    /// <summary>
    /// A market's fork of nmf (Bonab et al., CIKM 2021, figure 3 and Algorithm 1, lines 11 to 14): the parent's embeddings
    /// and layers, of which all but the last are frozen and shared, not copied; a head at random; an output layer at random
    /// or the parent's.
    /// </summary>
    /// <param name="Head">The widths of the head, the first of them its input; empty for no head.</param>
    /// <param name="Unfreeze">How many layers train, from the last.</param>
    /// <param name="KeepOutput">Whether the output layer starts as the parent's.</param>
    public sealed record Fork(Widths Head, int Unfreeze, bool KeepOutput) : Initialiser
    {
        /// <inheritdoc/>
        /// <exception cref="ArgumentException">The head does not fit the parent, or the parent's output layer the head.</exception>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            Nmf parent = (Nmf)earlier["nmf"];
            Nmf fork = new(wanted.Device, parent, Head, Unfreeze);
            fork.InitialiseHead(wanted.Seed, wanted.Purpose);
            if (!KeepOutput)
                return fork;
            (int own, int kept) = (fork.Output.Weight.Value.Columns, parent.Output.Weight.Value.Columns);
            if (own != kept)
                throw new ArgumentException($"a head that ends with {own} cannot keep an output layer over {kept}", nameof(wanted));
            fork.Output.Weight.Set(parent.Output.Weight);
            fork.Output.Bias.Set(parent.Output.Bias);
            return fork;
        }
    }

    // The one model of its kind among the earlier ones.
    private static TModel Only<TModel>(IReadOnlyDictionary<string, IFittedModel> earlier) => earlier.Values.OfType<TModel>().Single();

    private static void SetMarkets(Embedding? to, Embedding? from)
    {
        if (to is not null && from is not null)
            to.Table.Set(from.Table);
    }

    private static Real[] Read(Parameter parameter)
    {
        Real[] values = new Real[parameter.Value.Values.Length];
        parameter.Value.Values.Read(values);
        return values;
    }
}
