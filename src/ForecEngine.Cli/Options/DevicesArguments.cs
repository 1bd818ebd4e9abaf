// The options of devices.

namespace ForecEngine.Cli.Options;

[Verb("devices", HelpText = "List the devices of this machine.", Example = "devices")]
internal sealed class DevicesArguments : CommonArguments;
