// The tool `forec`: reads the command line, runs a verb, and turns what goes wrong into one line on standard error.
// Exit status: 0 done, 1 an error, 2 a wrong command line, 130 stopped by SIGINT, 143 stopped by SIGTERM.

using ForecEngine.Cli;

using Interruption interruption = new(args);
interruption.Register();
return ForecTool.Run(args, Console.Out, Console.Error, interruption);
