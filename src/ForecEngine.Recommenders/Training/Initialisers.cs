// The initialisers of the plans in the catalog: each copies parts of earlier phases' models to the model of a phase.

namespace ForecEngine.Recommenders.Training;

/// <summary>The initialisers of the plans in the catalog.</summary>
public static class Initialisers
{
    /// <summary>New initial values.</summary>
    public sealed record Fresh : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier) => wanted.Fresh();
    }

    /// <summary>
    /// gmf starts as matrix factorisation: its output weights are 1 and its bias is 0. With small random weights, the gradient of a vector
    /// is so small that L2, which acts in every step, can pull all vectors to 0.
    /// </summary>
    public sealed record UnitProduct : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            Gmf gmf = (Gmf)wanted.Fresh();
            wanted.Device.Fill(gmf.Output.Weight.Value.Values, 1);
            wanted.Device.Fill(gmf.Output.Bias.Value.Values, 0);
            return gmf;
        }
    }

    /// <summary>mlp starts from the embeddings of gmf (the released code of Bonab et al., CIKM 2021).</summary>
    public sealed record GmfToMlp : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            (Mlp mlp, Gmf gmf) = ((Mlp)wanted.Fresh(), Only<Gmf>(wanted, earlier));
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
    /// <param name="TransferBiases">Whether to copy the biases of the MLP layers too.</param>
    public sealed record GmfAndMlpToNmf(bool TransferBiases) : Initialiser
    {
        /// <inheritdoc/>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            (Nmf nmf, Gmf gmf, Mlp mlp) = ((Nmf)wanted.Fresh(), Only<Gmf>(wanted, earlier), Only<Mlp>(wanted, earlier));
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
                [.. mlp.Output.Weight.ToArray().Select(w => w / 2), .. gmf.Output.Weight.ToArray().Select(w => w / 2)]);
            nmf.Output.Bias.Value.Values.Write([(mlp.Output.Bias.ToArray()[0] + gmf.Output.Bias.ToArray()[0]) / 2]);
            return nmf;
        }
    }

    /// <summary>
    /// The vectors of ddtcdr are those that gmf learned on each market alone: users have those of their market, items one set per
    /// market. They are not trained further.
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
                wanted.Device.Copy(users.Values.Part(start, length), ddtcdr.User.Table.Value.Values.Part(start, length));
                ddtcdr.Networks[market].Item.Table.Set(gmfs[market].Item.Table);
                ddtcdr.Networks[market].Item.Table.IsFrozen = true;
            }

            ddtcdr.User.Table.IsFrozen = true;
            return ddtcdr;
        }
    }

    /// <summary>Continues to train the earlier model of the same name, without copying it.</summary>
    public sealed record SameModel : Initialiser
    {
        /// <inheritdoc/>
        /// <exception cref="ArgumentException">No earlier phase has trained the model.</exception>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier) =>
            Earlier<IRecommender>(wanted.Model, wanted, earlier);
    }

    /// <summary>
    /// A fork of nmf for a market (Bonab et al., CIKM 2021, figure 3 and Algorithm 1, lines 11 to 14): the embeddings and layers of
    /// the parent, frozen and shared except for the last layers; a randomly initialised head; an output layer that is random or copied
    /// from the parent.
    /// </summary>
    /// <param name="Head">The widths of the head, the first being its input; empty for no head.</param>
    /// <param name="Unfreeze">The number of last layers that are trained.</param>
    /// <param name="KeepOutput">Whether the output layer is copied from the parent.</param>
    public sealed record Fork(Widths Head, int Unfreeze, bool KeepOutput) : Initialiser
    {
        /// <inheritdoc/>
        /// <exception cref="ArgumentException">The head does not fit the parent, or the parent's output layer the head.</exception>
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            Nmf parent = Earlier<Nmf>("nmf", wanted, earlier);
            Nmf fork = new(wanted.Device, parent, Head, Unfreeze, wanted.Shape.Dropout);
            fork.InitialiseHead(wanted.Seed, wanted.Purpose);
            if (!KeepOutput)
                return fork;
            (int own, int kept) = (fork.Output.Weight.Value.Columns, parent.Output.Weight.Value.Columns);
            if (own != kept)
                throw new ArgumentException($"a head of output width {own} cannot keep an output layer of {kept} inputs", nameof(wanted));
            fork.Output.Weight.Set(parent.Output.Weight);
            fork.Output.Bias.Set(parent.Output.Bias);
            return fork;
        }
    }

    private static TModel Earlier<TModel>(string key, ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        where TModel : class => earlier.GetValueOrDefault(key) as TModel ?? throw Missing(key, wanted, earlier);

    // The single earlier model of a type.
    private static TModel Only<TModel>(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        where TModel : class
    {
        TModel[] models = [.. earlier.Values.OfType<TModel>()];
        return models is [TModel model] ? model : throw Missing($"exactly one {typeof(TModel).Name}", wanted, earlier);
    }

    private static ArgumentException Missing(string what, ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
    {
        string there = earlier.Count == 0 ? "there is none" : string.Join(", ", earlier.Keys.Order(StringComparer.Ordinal));
        return new($"{wanted.Purpose}: its initialiser needs {what} of an earlier phase; the models of earlier phases: {there}");
    }

    private static void SetMarkets(Embedding? to, Embedding? from)
    {
        if (to is not null && from is not null)
            to.Table.Set(from.Table);
    }
}
