// The engine's number. The shipped build is float; the same sources compiled with REAL64 are double, and
// there every gradient is held to central differences (tests/ForecEngine.Gradients).
#if REAL64
global using Real = double;
#else
global using Real = float;
#endif
