// What a phase takes over from the models of the phases before it (DESIGN: "what happens between").

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Hands the parameters of trained models on to a new one.</summary>
/// <param name="model">The new model, with its initial values; overwritten in part.</param>
/// <param name="earlier">The models of the plan's earlier phases, by <see cref="Phase.Key"/>.</param>
/// <param name="options">The numbers of training.</param>
public delegate void Graft(IRecommender model, IReadOnlyDictionary<string, IRecommender> earlier, TrainingOptions options);

/// <summary>The grafts of neural collaborative filtering.</summary>
public static class Grafts
{
    /// <summary>Nothing is taken over.</summary>
    public static void None(IRecommender model, IReadOnlyDictionary<string, IRecommender> earlier, TrainingOptions options)
    {
    }

    /// <summary>mlp starts from gmf's embeddings (the released code of Bonab et al., CIKM 2021).</summary>
    public static void GmfToMlp(IRecommender model, IReadOnlyDictionary<string, IRecommender> earlier, TrainingOptions options)
    {
        (Mlp mlp, Gmf gmf) = ((Mlp)model, Only<Gmf>(earlier));
        Copy(gmf.User.Table, mlp.User.Table);
        Copy(gmf.Item.Table, mlp.Item.Table);
        CopyMarkets(gmf.Market, mlp.Market);
    }

    /// <summary>
    /// nmf starts from the trained gmf and mlp (He et al., WWW 2017, section 3.4.1): all their embeddings and layers,
    /// the output weight 0.5 x [mlp; gmf] and the output bias 0.5 x the sum. Where
    /// <see cref="TrainingOptions.TransferBiases"/> is off, the MLP's layers give their weights only.
    /// </summary>
    public static void GmfAndMlpToNmf(IRecommender model, IReadOnlyDictionary<string, IRecommender> earlier, TrainingOptions options)
    {
        (Nmf nmf, Gmf gmf, Mlp mlp) = ((Nmf)model, Only<Gmf>(earlier), Only<Mlp>(earlier));
        Copy(mlp.User.Table, nmf.UserMlp.Table);
        Copy(mlp.Item.Table, nmf.ItemMlp.Table);
        Copy(gmf.User.Table, nmf.UserMf.Table);
        Copy(gmf.Item.Table, nmf.ItemMf.Table);
        CopyMarkets(mlp.Market, nmf.MarketMlp);
        CopyMarkets(gmf.Market, nmf.MarketMf);
        foreach ((Linear from, Linear to) in mlp.Tower.Layers.Zip(nmf.Tower.Layers))
        {
            Copy(from.Weight, to.Weight);
            if (options.TransferBiases)
                Copy(from.Bias, to.Bias);
        }

        nmf.Output.Weight.Value.Values.Write(
            [.. Read(mlp.Output.Weight).Select(w => w / 2), .. Read(gmf.Output.Weight).Select(w => w / 2)]);
        nmf.Output.Bias.Value.Values.Write([(Read(mlp.Output.Bias)[0] + Read(gmf.Output.Bias)[0]) / 2]);
    }

    /// <summary>
    /// ddtcdr's vectors are those that gmf learned on each market alone: the users' of their own market, the items' of
    /// each. They stay as they are.
    /// </summary>
    public static void PresetVectors(IRecommender model, IReadOnlyDictionary<string, IRecommender> earlier, TrainingOptions options)
    {
        Ddtcdr ddtcdr = (Ddtcdr)model;
        Gmf[] gmfs = [.. earlier.Where(entry => entry.Value is Gmf).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (Gmf)entry.Value)];
        int[] borders = [.. ddtcdr.FirstUsers, ddtcdr.User.Table.Value.Rows];
        for (int market = 0; market < gmfs.Length; market++)
        {
            Matrix users = gmfs[market].User.Table.Value;
            int start = borders[market] * users.Columns, length = (borders[market + 1] - borders[market]) * users.Columns;
            Real[] own = new Real[length];
            users.Values.Part(start, length).Read(own);
            ddtcdr.User.Table.Value.Values.Part(start, length).Write(own);
            Copy(gmfs[market].Item.Table, ddtcdr.Networks[market].Item.Table);
            ddtcdr.Networks[market].Item.Table.IsFrozen = true;
        }

        ddtcdr.User.Table.IsFrozen = true;
    }

    /// <summary>nmf goes on from where nmf was.</summary>
    public static void Continue(IRecommender model, IReadOnlyDictionary<string, IRecommender> earlier, TrainingOptions options)
    {
        foreach ((Parameter from, Parameter to) in earlier["nmf"].Parameters.Zip(model.Parameters))
            Copy(from, to);
    }

    /// <summary>
    /// A market's fork of nmf (Bonab et al., CIKM 2021, figure 3): the parent's embeddings and layers, of which the
    /// embeddings and all but the last <see cref="TrainingOptions.Unfreeze"/> layers are frozen; a head at random; an
    /// output layer at random, or the parent's with <see cref="TrainingOptions.KeepOutput"/> where the shapes allow.
    /// </summary>
    public static void Fork(IRecommender model, IReadOnlyDictionary<string, IRecommender> earlier, TrainingOptions options)
    {
        (Nmf fork, Nmf parent) = ((Nmf)model, (Nmf)earlier["nmf"]);
        foreach ((Embedding from, Embedding to) in ((Embedding, Embedding)[])[(parent.UserMlp, fork.UserMlp), (parent.ItemMlp, fork.ItemMlp), (parent.UserMf, fork.UserMf), (parent.ItemMf, fork.ItemMf)])
        {
            Copy(from.Table, to.Table);
            to.Table.IsFrozen = true;
        }

        int frozen = Math.Max(0, fork.Tower.Layers.Count - options.Unfreeze);
        for (int i = 0; i < fork.Tower.Layers.Count; i++)
        {
            foreach ((Parameter from, Parameter to) in parent.Tower.Layers[i].Parameters.Zip(fork.Tower.Layers[i].Parameters))
            {
                Copy(from, to);
                to.IsFrozen = i < frozen;
            }
        }

        if (!options.KeepOutput || fork.Output.Weight.Value.Columns != parent.Output.Weight.Value.Columns)
            return;
        Copy(parent.Output.Weight, fork.Output.Weight);
        Copy(parent.Output.Bias, fork.Output.Bias);
    }

    // The one model of its kind among the earlier ones.
    private static TModel Only<TModel>(IReadOnlyDictionary<string, IRecommender> earlier) => earlier.Values.OfType<TModel>().Single();

    private static void CopyMarkets(Embedding? from, Embedding? to)
    {
        if (from is not null && to is not null)
            Copy(from.Table, to.Table);
    }

    private static void Copy(Parameter from, Parameter to) => to.Value.Values.Write(Read(from));

    private static Real[] Read(Parameter parameter)
    {
        Real[] values = new Real[parameter.Value.Values.Length];
        parameter.Value.Values.Read(values);
        return values;
    }
}
