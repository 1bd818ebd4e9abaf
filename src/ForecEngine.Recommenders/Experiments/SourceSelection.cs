// Chooses the source markets. Bonab et al. (CIKM 2021) find that the source matters much and leave its choice open. Here candidates are
// ranked by statistics that are known before training (SourcePrior). The best of them are tried in short pilot runs of the method and
// ranked by nDCG@10 on validation. Test rows are not used.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Options of the choice of sources.</summary>
/// <param name="Sources">The number of sources to choose.</param>
/// <param name="Pilots">The number of candidates with a pilot run, best statistics first.</param>
/// <param name="PilotEpochs">The number of epochs of each phase of a pilot run.</param>
public sealed record SourceSelectionOptions(int Sources = 1, int Pilots = 4, int PilotEpochs = 5);

/// <summary>A candidate and the result of its pilot run.</summary>
/// <param name="Prior">Statistics known before training.</param>
/// <param name="PilotNdcg">nDCG@10 on validation of the target after the pilot run; null without a pilot run.</param>
public sealed record RankedSource(SourcePrior Prior, double? PilotNdcg);

/// <summary>Ranks the possible sources of a target.</summary>
/// <param name="runner">Trains the pilots.</param>
public sealed class SourceSelection(ExperimentRunner runner)
{
    /// <summary>The candidates, best first: those with a pilot run by validation nDCG, then the others by statistics.</summary>
    /// <param name="experiment">The experiment; its sources are replaced by each candidate.</param>
    /// <param name="target">The market that is recommended to. Without validation rows there are no pilot runs.</param>
    /// <param name="candidates">The possible sources.</param>
    /// <param name="options">The number and length of pilot runs.</param>
    /// <param name="progress">Receives reports of the pilot runs; their phases are named <c>pilot SOURCE: PHASE</c>.</param>
    public IReadOnlyList<RankedSource> Rank(
        Experiment experiment, Market target, IReadOnlyList<Market> candidates, SourceSelectionOptions options,
        Action<TrainingProgress>? progress = null)
    {
        IReadOnlyList<SourcePrior> priors = SourcePrior.Rank(target, candidates);
        int pilots = target.Valid.Count > 0 ? Math.Min(options.Pilots, priors.Count(prior => prior.SharedItems > 0)) : 0;
        RankedSource[] tried = [.. priors.Take(pilots).Select(prior => new RankedSource(prior, Pilot(prior.Market)))];
        IEnumerable<RankedSource> others = priors.Skip(pilots).Select(prior => new RankedSource(prior, PilotNdcg: null));
        return [.. tried.OrderByDescending(source => source.PilotNdcg), .. others];

        double Pilot(string name)
        {
            Market source = candidates.First(market => market.Name == name);
            GradientSettings few = experiment.Settings.Gradient with { Epochs = options.PilotEpochs };
            Experiment pilot = experiment with
            {
                Sources = [name],
                Settings = experiment.Settings with { Gradient = few },
                CandidatesFrom = experiment.SelectFrom,
            };
            TrainingSchedule? schedule = null;
            ExperimentOutcome outcome = runner.Run(
                pilot, [target, source], metrics: [Metric.NdcgAt10], progress: progress is null ? null : Tell);
            RankedLists valid = outcome.Valid ?? throw new InvalidOperationException("the pilot run has no validation rows");
            return valid.Result.Means[Metric.NdcgAt10.Name];

            void Tell(TrainingProgress report)
            {
                schedule ??= new(
                    [.. (report.Schedule?.Phases ?? []).Select(phase => phase with { Name = $"pilot {name}: {phase.Name}" })]);
                progress(report with { Phase = schedule.Phases[report.Place].Name, Schedule = schedule });
            }
        }
    }
}
