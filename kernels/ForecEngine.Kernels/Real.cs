// The engine's number type. It is float in the shipped build. Compiled with REAL64 it is double, and tests/ForecEngine.Gradients checks
// every gradient against central differences.
#if REAL64
global using Real = double;
#else
global using Real = float;
#endif
