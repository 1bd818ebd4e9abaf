// How a phase's model begins: what it takes over from the models of the phases before it (DESIGN: "what happens between").

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>What a phase asks of its model.</summary>
/// <param name="Device">Where it lives.</param>
/// <param name="Model">Its name in the catalog.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Options">The numbers of training.</param>
/// <param name="Seed">The experiment's seed.</param>
/// <param name="Purpose">What distinguishes it from others of the same seed, such as <c>nmf++/de,uk</c>.</param>
public sealed record ModelRequest(IDevice Device, string Model, ModelShape Shape, TrainingOptions Options, ulong Seed, string Purpose)
{
    /// <summary>A model with initial values of its own.</summary>
    public IRecommender Fresh()
    {
        IRecommender model = ModelCatalog.Create(Model, Device, Shape);
        model.Initialise(Seed, Purpose, Options.EmbeddingDeviation);
        return model;
    }
}

/// <summary>Makes a phase's model.</summary>
/// <param name="wanted">What the phase asks.</param>
/// <param name="earlier">The models of the plan's earlier phases, by <see cref="Phase.Key"/>.</param>
public delegate IRecommender Graft(ModelRequest wanted, IReadOnlyDictionary<string, IRecommender> earlier);

/// <summary>The grafts of neural collaborative filtering.</summary>
public static class Grafts
{
    /// <summary>Nothing is taken over.</summary>
    public static IRecommender None(ModelRequest wanted, IReadOnlyDictionary<string, IRecommender> earlier) => wanted.Fresh();

    /// <summary>mlp starts from gmf's embeddings (the released code of Bonab et al., CIKM 2021).</summary>
    public static IRecommender GmfToMlp(ModelRequest wanted, IReadOnlyDictionary<string, IRecommender> earlier)
    {
        (Mlp mlp, Gmf gmf) = ((Mlp)wanted.Fresh(), Only<Gmf>(earlier));
        mlp.User.Table.Set(gmf.User.Table);
        mlp.Item.Table.Set(gmf.Item.Table);
        SetMarkets(mlp.Market, gmf.Market);
        return mlp;
    }

    /// <summary>
    /// nmf starts from the trained gmf and mlp (He et al., WWW 2017, section 3.4.1): all their embeddings and layers,
    /// the output weight 0.5 x [mlp; gmf] and the output bias 0.5 x the sum. Where
    /// <see cref="TrainingOptions.TransferBiases"/> is off, the MLP's layers give their weights only.
    /// </summary>
    public static IRecommender GmfAndMlpToNmf(ModelRequest wanted, IReadOnlyDictionary<string, IRecommender> earlier)
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
            if (wanted.Options.TransferBiases)
                to.Bias.Set(from.Bias);
        }

        nmf.Output.Weight.Value.Values.Write(
            [.. Read(mlp.Output.Weight).Select(w => w / 2), .. Read(gmf.Output.Weight).Select(w => w / 2)]);
        nmf.Output.Bias.Value.Values.Write([(Read(mlp.Output.Bias)[0] + Read(gmf.Output.Bias)[0]) / 2]);
        return nmf;
    }

    /// <summary>
    /// ddtcdr's vectors are those that gmf learned on each market alone: the users' of their own market, the items' of
    /// each. They stay as they are.
    /// </summary>
    public static IRecommender PresetVectors(ModelRequest wanted, IReadOnlyDictionary<string, IRecommender> earlier)
    {
        Ddtcdr ddtcdr = (Ddtcdr)wanted.Fresh();
        Gmf[] gmfs = [.. earlier.Where(entry => entry.Value is Gmf).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (Gmf)entry.Value)];
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

    /// <summary>The earlier model of the same name goes on: it is the same one, not a copy.</summary>
    public static IRecommender Continue(ModelRequest wanted, IReadOnlyDictionary<string, IRecommender> earlier) => earlier[wanted.Model];

    /// <summary>
    /// A market's fork of nmf (Bonab et al., CIKM 2021, figure 3 and Algorithm 1, lines 11 to 14): the parent's embeddings
    /// and layers, of which all but the last <see cref="TrainingOptions.Unfreeze"/> layers are frozen and shared, not
    /// copied; a head at random; an output layer at random or, with <see cref="TrainingOptions.KeepOutput"/>, the parent's.
    /// </summary>
    /// <exception cref="ArgumentException">The head does not fit the parent, or the parent's output layer does not fit the head.</exception>
    public static IRecommender Fork(ModelRequest wanted, IReadOnlyDictionary<string, IRecommender> earlier)
    {
        Nmf parent = (Nmf)earlier["nmf"];
        Nmf fork = new(wanted.Device, parent, wanted.Options.Head, wanted.Options.Unfreeze);
        fork.InitialiseHead(wanted.Seed, wanted.Purpose);
        if (!wanted.Options.KeepOutput)
            return fork;
        (int own, int kept) = (fork.Output.Weight.Value.Columns, parent.Output.Weight.Value.Columns);
        if (own != kept)
            throw new ArgumentException($"a head that ends with {own} cannot keep an output layer over {kept}", nameof(wanted));
        fork.Output.Weight.Set(parent.Output.Weight);
        fork.Output.Bias.Set(parent.Output.Bias);
        return fork;
    }

    // The one model of its kind among the earlier ones.
    private static TModel Only<TModel>(IReadOnlyDictionary<string, IRecommender> earlier) => earlier.Values.OfType<TModel>().Single();

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
