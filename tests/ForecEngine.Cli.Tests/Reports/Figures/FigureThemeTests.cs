// The colours: what WCAG 2.2 asks of text (1.4.3) and of lines (1.4.11).

using ForecEngine.Cli.Reports.Figures;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports.Figures;

public sealed class FigureThemeTests
{
    [Fact]
    public void The_contrast_is_that_of_WCAG()
    {
        Assert.Equal(21, FigureTheme.Contrast("#000000", "#FFFFFF"), 9);
        Assert.Equal(4.54, FigureTheme.Contrast("#767676", "#FFFFFF"), 2); // the lightest grey for text on white, as WebAIM's checker says
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Text_and_lines_can_be_told_from_their_background(bool dark)
    {
        FigureTheme theme = dark ? FigureTheme.Dark : FigureTheme.Light;

        Assert.InRange(FigureTheme.Contrast(theme.Ink, theme.Background), 7, 21);
        Assert.InRange(FigureTheme.Contrast(theme.Muted, theme.Background), 4.5, 21);
        Assert.All(theme.Series, color => Assert.InRange(FigureTheme.Contrast(color, theme.Background), 3, 21));
        Assert.All(Enumerable.Range(0, 101).Select(part => theme.Heat(part / 100d)),
            color => Assert.InRange(FigureTheme.Contrast(FigureTheme.TextOn(color), color), 4.5, 21));
    }
}
