// The namespaces that most files of the project use.

global using System.Globalization;
global using System.Security.Cryptography;
global using System.Text;
global using System.Text.Json;
global using System.Text.Json.Serialization;
global using ForecEngine.Autodiff;
global using ForecEngine.Checkpoints;
global using ForecEngine.Kernels;
global using ForecEngine.Kernels.Profiling;
global using ForecEngine.Optimisers;
global using ForecEngine.Recommenders.Adaptation;
global using ForecEngine.Recommenders.Data;
global using ForecEngine.Recommenders.Evaluation;
global using ForecEngine.Recommenders.Experiments;
global using ForecEngine.Recommenders.Fits;
global using ForecEngine.Recommenders.Models;
global using ForecEngine.Recommenders.Scoring;
global using ForecEngine.Recommenders.Training;
