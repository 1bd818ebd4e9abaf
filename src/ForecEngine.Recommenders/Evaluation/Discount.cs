// The discount of nDCG, 1 / log2(rank + 1) (Järvelin and Kekäläinen, ACM TOIS 20, 2002). The platform's logarithm differs in its last
// bits from machine to machine, which could change the best epoch. This one is a series of + - * /, with the same bits everywhere.

using System.Numerics;

namespace ForecEngine.Recommenders.Evaluation;

internal static class Discount
{
    /// <summary>log2(rank + 1), the divisor of the gain at a rank; ranks count from 1.</summary>
    public static double Divisor(int rank)
    {
        uint n = (uint)rank + 1;
        int exponent = BitOperations.Log2(n);
        double mantissa = (double)n / (1u << exponent);

        // n = m 2^e with m in [1, 2), and ln m = 2 artanh(u), u = (m - 1) / (m + 1) <= 1/3: 17 terms leave 1e-17.
        double u = (mantissa - 1) / (mantissa + 1);
        double sum = 0;
        for (int k = 33; k >= 1; k -= 2)
            sum = (sum * u * u) + (1.0 / k);
        return exponent + (2 * u * sum / 0.6931471805599453);
    }
}
