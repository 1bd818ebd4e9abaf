// p-values of Student's t distribution are scipy's; tests/fixtures/student_t_scipy.py prints them.

using ForecEngine.Recommenders.Evaluation;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class StudentTTests
{
    [Theory]
    [InlineData(0.0, 1, 1.0)]
    [InlineData(0.0, 2, 1.0)]
    [InlineData(0.0, 5, 1.0)]
    [InlineData(0.0, 29, 1.0)]
    [InlineData(0.0, 486, 1.0)]
    [InlineData(0.0, 4667, 1.0)]
    [InlineData(0.0, 1000000, 1.0)]
    [InlineData(1e-06, 1, 0.9999993633802277)]
    [InlineData(1e-06, 2, 0.9999992928932189)]
    [InlineData(1e-06, 5, 0.9999992407866203)]
    [InlineData(1e-06, 29, 0.999999208962842)]
    [InlineData(1e-06, 486, 0.9999992025257678)]
    [InlineData(1e-06, 4667, 0.9999992021581788)]
    [InlineData(1e-06, 1000000, 0.9999992021156386)]
    [InlineData(0.1, 1, 0.9365489651388929)]
    [InlineData(0.1, 2, 0.9294654384141402)]
    [InlineData(0.1, 5, 0.9242301411546604)]
    [InlineData(0.1, 29, 0.9210324444873738)]
    [InlineData(0.1, 486, 0.9203855618644404)]
    [InlineData(0.1, 4667, 0.920348620616914)]
    [InlineData(0.1, 1000000, 0.9203443454920432)]
    [InlineData(0.7, 1, 0.6111997755715706)]
    [InlineData(0.7, 2, 0.5563930246328654)]
    [InlineData(0.7, 5, 0.5151489483148165)]
    [InlineData(0.7, 29, 0.4895051486144837)]
    [InlineData(0.7, 486, 0.4842622362423643)]
    [InlineData(0.7, 4667, 0.48396219491374937)]
    [InlineData(0.7, 1000000, 0.4839274672865419)]
    [InlineData(1.0, 1, 0.49999999999999956)]
    [InlineData(1.0, 2, 0.42264973081037427)]
    [InlineData(1.0, 5, 0.36321746764912255)]
    [InlineData(1.0, 29, 0.32558198801619365)]
    [InlineData(1.0, 486, 0.3178081338121258)]
    [InlineData(1.0, 4667, 0.3173623522516577)]
    [InlineData(1.0, 1000000, 0.3173107498335781)]
    [InlineData(1.96, 1, 0.30034289177603307)]
    [InlineData(1.96, 2, 0.18905730960173223)]
    [InlineData(1.96, 5, 0.1072879525052941)]
    [InlineData(1.96, 29, 0.059667795519591345)]
    [InlineData(1.96, 486, 0.050566789867678104)]
    [InlineData(1.96, 4667, 0.05005520994335569)]
    [InlineData(1.96, 1000000, 0.04999606758526978)]
    [InlineData(3.3, 1, 0.18731554186375862)]
    [InlineData(3.3, 2, 0.08084769380366798)]
    [InlineData(3.3, 5, 0.021475500299997976)]
    [InlineData(3.3, 29, 0.0025669142292085835)]
    [InlineData(3.3, 486, 0.0010378856141990056)]
    [InlineData(3.3, 4667, 0.0009741056306623985)]
    [InlineData(3.3, 1000000, 0.0009668820793400032)]
    [InlineData(12.5, 1, 0.050821347332231794)]
    [InlineData(12.5, 2, 0.006339208103544684)]
    [InlineData(12.5, 5, 5.8133366502197407e-05)]
    [InlineData(12.5, 29, 3.339479901457501e-13)]
    [InlineData(12.5, 486, 2.7741442753194975e-31)]
    [InlineData(12.5, 4667, 2.7275371652276254e-35)]
    [InlineData(12.5, 1000000, 7.511411658355962e-36)]
    [InlineData(40.0, 1, 0.015912179824051624)]
    [InlineData(40.0, 2, 0.0006244146721847406)]
    [InlineData(40.0, 5, 1.8411962171772952e-07)]
    [InlineData(40.0, 29, 6.346877329729317e-27)]
    [InlineData(40.0, 486, 7.498308727887566e-156)]
    [InlineData(40.0, 4667, 4.212186971822159e-301)]
    [InlineData(40.0, 1000000, 0.0)]
    public void P_values_are_those_of_scipy(double t, int freedom, double expected)
    {
        foreach (double p in (double[])[StudentT.TwoSided(t, freedom), StudentT.TwoSided(-t, freedom)])
            Assert.Equal(expected, p, Math.Max(1e-12, 1e-9 * expected));
    }

    [Fact]
    public void P_values_fall_from_1_to_0_as_t_grows()
    {
        double before = 1;
        for (double t = 0; t < 50; t += 0.05)
        {
            double p = StudentT.TwoSided(t, 12);
            Assert.InRange(p, 0, before);
            before = p;
        }

        Assert.Equal(1, StudentT.TwoSided(0, 3));
        Assert.Equal(0, StudentT.TwoSided(double.NegativeInfinity, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.TwoSided(1, 0));
    }
}
