// The namespaces that most files of the project use.

global using ForecEngine.Autodiff;
global using ForecEngine.Kernels;
global using ForecEngine.Kernels.Ops;
