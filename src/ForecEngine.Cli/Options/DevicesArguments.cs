// The options of devices.

namespace ForecEngine.Cli.Options;

[Verb("devices", HelpText = "What this machine can compute on.", Example = "devices")]
internal sealed class DevicesArguments : CommonArguments;
