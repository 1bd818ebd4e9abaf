// The groups of options, in the order of help. HelpPage has their titles.

namespace ForecEngine.Cli.CommandLine;

internal enum OptionGroup
{
    Input,
    Data,
    Evaluation,
    Training,
    SourceChoice,
    MetaLearning,
    Fork,
    Ddtcdr,
    Machine,
    Output,
}
