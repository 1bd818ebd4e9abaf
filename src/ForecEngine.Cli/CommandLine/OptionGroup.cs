// The groups that help lists options in.

namespace ForecEngine.Cli.CommandLine;

/// <summary>A group of options, in the order of help.</summary>
internal enum OptionGroup
{
    /// <summary>What the verb works on.</summary>
    Input,

    /// <summary>How the rows of markets are read and which are kept.</summary>
    Data,

    /// <summary>How a result is measured.</summary>
    Evaluation,

    /// <summary>How a model is trained.</summary>
    Training,

    /// <summary>How sources are chosen by --source auto.</summary>
    SourceChoice,

    /// <summary>Training of meta-learned models.</summary>
    MetaLearning,

    /// <summary>Training of a market's own fork.</summary>
    Fork,

    /// <summary>Training of ddtcdr.</summary>
    Ddtcdr,

    /// <summary>What computes.</summary>
    Machine,

    /// <summary>Where results go.</summary>
    Output,
}
