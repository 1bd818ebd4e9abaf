// The namespaces that most files here use.

global using System.Runtime.CompilerServices;
global using ForecEngine.Kernels.Fused;
global using ForecEngine.Kernels.Ops;
global using ForecEngine.Kernels.Simd;
