// The groups of options in help.

namespace ForecEngine.Cli.CommandLine;

internal enum OptionGroup
{
    /// <summary>The input of the verb.</summary>
    Input,

    /// <summary>Reading and filtering the rows of markets.</summary>
    Data,

    /// <summary>Evaluation of a model.</summary>
    Evaluation,

    /// <summary>Training of a model.</summary>
    Training,

    /// <summary>Choice of sources by --source auto.</summary>
    SourceChoice,

    /// <summary>Training of meta-learned models.</summary>
    MetaLearning,

    /// <summary>Fine-tuning of a fork.</summary>
    Fork,

    /// <summary>Training of ddtcdr.</summary>
    Ddtcdr,

    /// <summary>Device and threads.</summary>
    Machine,

    /// <summary>Files and progress.</summary>
    Output,
}
