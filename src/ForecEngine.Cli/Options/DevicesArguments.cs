// The options of devices.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

[Verb("devices", HelpText = "What this machine can compute on.", Example = "devices")]
internal sealed class DevicesArguments : CommonArguments;
