// The namespaces that most files here use.

global using System.Globalization;
global using ForecEngine.Kernels.Ops;
global using ILGPU;
