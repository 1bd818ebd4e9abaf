// The namespaces that most files here use.

global using ForecEngine.Kernels.Ops;
global using ILGPU;
