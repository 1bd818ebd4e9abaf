// The namespaces that most files of the tool use.

global using System.Globalization;
global using System.Text;
global using System.Text.Json.Nodes;
global using ForecEngine.Checkpoints;
global using ForecEngine.Cli.CommandLine;
global using ForecEngine.Cli.Options;
global using ForecEngine.Kernels;
global using ForecEngine.Recommenders.Data;
global using ForecEngine.Recommenders.Evaluation;
global using ForecEngine.Recommenders.Experiments;
global using ForecEngine.Recommenders.Fits;
global using ForecEngine.Recommenders.Models;
global using ForecEngine.Recommenders.Training;
