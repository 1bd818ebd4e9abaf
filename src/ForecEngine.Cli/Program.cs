// The tool `forec`: reads the command line, runs a verb, and reports an error in one line on standard error.
// Exit status: 0 success, 1 error, 2 wrong command line, 130 stopped by SIGINT, 143 stopped by SIGTERM.

using ForecEngine.Cli;

using Interruption interruption = new(args);
interruption.Register();
return ForecTool.Run(args, Console.Out, Console.Error, interruption);
