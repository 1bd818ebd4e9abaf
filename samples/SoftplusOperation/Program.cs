// Uses a custom operation on the tape, and checks its gradient against central differences on the scalar and a SIMD device.

using ForecEngine;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;

bool passed = true;
foreach (IDevice device in (IDevice[])[new ScalarDevice(), new SimdDevice(threads: 2)])
{
    using (device)
    {
        DenseParameter x = new(device, "x", 5, 7);
        Initial.Normal(x, 2, seed: 1, "sample");
        GradientCheckResult result = GradientCheck.Run(
            device, [x], tape => tape.Unary<Softplus>(tape.Parameter(x)), GradientCheckOptions.Operation);
        Console.WriteLine($"{device.Name}: worst error {result.WorstError:0.0e+0} of {result.Checked} elements, at {result.WorstElement}");
        passed &= result.Passed;
    }
}

return passed ? 0 : 1;
