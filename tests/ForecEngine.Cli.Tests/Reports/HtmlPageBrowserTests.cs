// Pages in a real browser: on a wide screen and on a telephone's, light and dark.

using System.Text.Json.Nodes;
using ForecEngine.Cli.Reports;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class HtmlPageBrowserTests
{
    private const double ReadableContrast = 4.5;

    // Measures a page. The background of a text is that of the closest ancestor that has one.
    private const string Probe = """
        (() => {
          const seen = element => { const box = element.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
          const channels = color => color.match(/[\d.]+/g).map(Number);
          const luminance = color => channels(color).slice(0, 3).map(c => c / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const color = getComputedStyle(at).backgroundColor;
              if ((channels(color)[3] ?? 1) > 0) return color;
            }
            return 'no background';
          };
          const contrast = element => {
            const one = luminance(getComputedStyle(element).color), other = luminance(behind(element));
            return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
          };
          const texts = [...document.body.querySelectorAll('*')].filter(element => !element.closest('svg') && seen(element)
            && [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()));
          const root = document.documentElement;
          return {
            width: innerWidth,
            scroll: root.scrollWidth,
            client: root.clientWidth,
            background: getComputedStyle(document.body).backgroundColor,
            texts: texts.map(element => ({ text: element.textContent.slice(0, 40), contrast: contrast(element) })),
            figures: [...document.querySelectorAll('figure')].map(figure => ({
              caption: figure.querySelector('figcaption')?.textContent ?? '',
              images: [...figure.querySelectorAll('svg, img')].filter(seen).map(image => ({
                alt: image.getAttribute('role') === 'img' ? image.getAttribute('aria-label') : image.getAttribute('alt'),
                theme: image.getAttribute('class'),
                width: image.getBoundingClientRect().width,
                background: image.querySelector('rect') ? getComputedStyle(image.querySelector('rect')).fill : '',
              })),
              heads: [...figure.querySelectorAll('th')].map(head => head.getAttribute('scope')),
            })),
          };
        })()
        """;

    [Fact]
    public async Task A_page_with_all_kinds_of_blocks_is_readable_on_both_screens_light_and_dark()
    {
        using TemporaryDirectory directory = new();
        string path = directory["report.html"];
        ReportDocument document = Pages.AllBlocks();
        await File.WriteAllTextAsync(path, HtmlPage.Of(document), TestContext.Current.CancellationToken);
        await Check(path, document);
    }

    [Fact]
    public async Task The_report_of_a_sweep_is_readable_on_both_screens_light_and_dark()
    {
        using ToolRun tool = new();
        await File.WriteAllTextAsync(tool["grid.json"], new JsonObject
        {
            ["targets"] = new JsonArray("jp", "uk"),
            ["sources"] = "each",
            ["methods"] = new JsonArray("nmf", "pop", "maml", "forec"),
            ["presets"] = new JsonArray("paper"),
            ["training-fractions"] = new JsonArray(1, 0.5),
            ["options"] = new JsonObject { ["epochs"] = 1, ["batch-size"] = 256 },
        }.ToJsonString(), TestContext.Current.CancellationToken);
        ToolRun.Run("sweep", tool["grid.json"], "--data", tool.Root, "--out", tool["sweep"], "--jobs", "2", "--quiet").Done();
        ToolRun.Run("report", tool["sweep"]).Done();

        await Check(tool["sweep/report/report.html"], SweepReport.Of(tool["sweep"], new()).Document);
    }

    private static async Task Check(string path, ReportDocument document)
    {
        Assert.SkipWhen(Chromium.Program is null, "there is no Chromium on this machine");
        await using Chromium browser = await Chromium.Start();
        foreach (int width in new[] { 1280, 390 })
        {
            foreach (bool dark in new[] { false, true })
            {
                await browser.Open(path, width, dark);
                Check((await browser.Evaluate(Probe))!, document, width, dark);
            }
        }

        Assert.Empty(browser.Messages);
        Assert.Equal([new Uri(path).AbsoluteUri], browser.Requests.Distinct());
    }

    private static void Check(JsonNode page, ReportDocument document, int width, bool dark)
    {
        Assert.Equal(width, (int)page["width"]!);
        Assert.InRange((int)page["scroll"]!, 1, (int)page["client"]!);
        JsonNode[] texts = [.. page["texts"]!.AsArray().OfType<JsonNode>()];
        Assert.NotEmpty(texts);
        Assert.All(texts, text => Assert.True((double)text["contrast"]! >= ReadableContrast, text.ToJsonString()));

        JsonNode[] figures = [.. page["figures"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal(document.Blocks.Select(CaptionOf).OfType<string>(), figures.Select(figure => Words((string)figure["caption"]!)));
        Assert.All(
            figures.SelectMany(figure => figure["heads"]!.AsArray()),
            scope => Assert.True((string?)scope is "col" or "row" or "rowgroup"));

        // Of the two images of a figure, the one for this page is shown, without a visible edge.
        JsonNode[] images = [.. figures.SelectMany(figure => figure["images"]!.AsArray()).OfType<JsonNode>()];
        Assert.Equal(
            document.Blocks.OfType<ReportFigure>().Select(figure => figure.AltText), images.Select(image => (string)image["alt"]!));
        Assert.All(images, image =>
        {
            Assert.Equal(dark ? "dark" : "light", (string?)image["theme"]);
            Assert.Equal((string?)page["background"], (string?)image["background"]);
            Assert.True((double)image["width"]! > 300, image.ToJsonString());
        });
    }

    private static string? CaptionOf(ReportBlock block) =>
        block switch { ReportTable table => Words(table.Caption), ReportFigure figure => Words(figure.Caption), _ => null };

    // A command has quotes in a document, and is code in a page.
    private static string Words(string text) => text.Replace("'", "", StringComparison.Ordinal);
}
