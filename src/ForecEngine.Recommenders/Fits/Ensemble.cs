// The mean of the scores of models of one plan that are trained with draws of their own. Members of a loss such as bpr have scores that are
// known up to a constant for each user; the mean of constants is a constant, so that it does not change the order of a user's items.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Several trained models as one, with the mean of their scores.</summary>
/// <param name="members">The models, at least one.</param>
public sealed class Ensemble(IReadOnlyList<IFittedModel> members) : IFittedModel
{
    private const string Prefix = "member.";

    /// <summary>The models.</summary>
    public IReadOnlyList<IFittedModel> Members => members;

    /// <summary>The tensors of the first member are <c>member.1.NAME</c>, and so on.</summary>
    public IEnumerable<SafeTensor> Tensors => members.Index().SelectMany(
        member => member.Item.Tensors.Select(tensor => tensor.Renamed($"{PrefixOf(member.Index)}{tensor.Name}")));

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null) => new BlendScorer(
        [.. members.Select((_, index) => new BlendPart($"{index + 1}", 1.0 / members.Count))],
        [.. members.Select(member => member.Scorer(device, market, newUsers))]);

    /// <summary>One model as it is, several as an ensemble.</summary>
    internal static IFittedModel Of(IReadOnlyList<IFittedModel> models) => models.Count == 1 ? models[0] : new Ensemble(models);

    /// <summary>The models of an ensemble; of another model, the model itself.</summary>
    internal static IReadOnlyList<IFittedModel> MembersOf(IFittedModel model) => model is Ensemble ensemble ? ensemble.Members : [model];

    /// <summary>Reads the members of an ensemble's checkpoint, or the model of another checkpoint.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="read">Reads a member: its tensors, and its index.</param>
    /// <exception cref="CheckpointException">A member is missing or cannot be read.</exception>
    internal static IReadOnlyList<T> Read<T>(SafetensorsFile file, Func<SafetensorsFile, int, T> read)
    {
        if (!file.Tensors.Any(tensor => tensor.Name.StartsWith(Prefix, StringComparison.Ordinal)))
            return [read(file, 0)];
        List<T> found = [];
        for (int tensors = 0; tensors < file.Tensors.Count;)
        {
            SafetensorsFile own = file.Within(PrefixOf(found.Count));
            if (own.Tensors.Count == 0)
                throw new CheckpointException(file.Path, $"has no tensor {PrefixOf(found.Count)}*, but tensors of other members");
            try
            {
                found.Add(read(own, found.Count));
            }
            catch (CheckpointException fault)
            {
                throw new CheckpointException(file.Path, $"member {found.Count + 1}: {fault.Problem}", fault);
            }

            tensors += own.Tensors.Count;
        }

        return found;
    }

    private static string PrefixOf(int index) => $"{Prefix}{index + 1}.";
}
