// The style sheet of HtmlPage. The colours are those of the figures, so that a figure has no visible edge.

using ForecEngine.Cli.Reports.Figures;

namespace ForecEngine.Cli.Reports;

internal static class HtmlStyle
{
    /// <summary>The style sheet.</summary>
    public static string Sheet { get; } = $$"""
        :root { color-scheme: light dark; {{Colors(FigureTheme.Light)}} --shade: #f5f7f9; --link: #005a92; --warn: #9a5b00;
          --warn-shade: #fff7e6; --best: #e2f1ea; }
        @media (prefers-color-scheme: dark) { :root { {{Colors(FigureTheme.Dark)}} --shade: #1c2228; --link: #7cc4f5;
          --warn: #e3b341; --warn-shade: #2a2413; --best: #17352b; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--background); color: var(--ink); font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto,
          "Liberation Sans", Arial, sans-serif; overflow-wrap: break-word; }
        .page { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 82rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        main { min-width: 0; }
        h1, h2, h3 { line-height: 1.25; font-weight: 650; text-wrap: balance; }
        h1 { font-size: 1.9rem; letter-spacing: -0.015em; margin: 0 0 1rem; }
        h2 { font-size: 1.35rem; letter-spacing: -0.01em; margin: 3.25rem 0 0.9rem; padding-top: 1.1rem;
          border-top: 1px solid var(--rule); }
        h3 { font-size: 1.05rem; margin: 2.25rem 0 0.6rem; }
        p { margin: 0 0 1rem; max-width: 44rem; }
        a { color: var(--link); text-underline-offset: 0.15em; }
        a:hover { text-decoration-thickness: 2px; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        .contents { margin: 0 0 2rem; font-size: 0.9rem; line-height: 1.4; }
        .contents h2 { all: unset; display: block; color: var(--muted); font-size: 0.8rem; margin-bottom: 0.5rem; }
        .contents ol { list-style: none; margin: 0; padding: 0; }
        .contents ol ol { padding-left: 0.9rem; }
        .contents a { display: block; padding: 0.2rem 0; text-decoration: none; }
        .contents a:hover { text-decoration: underline; }
        .contents ol ol a { color: var(--muted); }
        .warning { max-width: 44rem; margin: 1rem 0; padding: 0.7rem 1rem; border-left: 3px solid var(--warn); border-radius: 0 4px 4px 0;
          background: var(--warn-shade); }
        .warning strong { color: var(--warn); }
        .progress { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: 0 0 1.5rem; padding: 0.7rem 1rem; border-radius: 4px;
          background: var(--shade); font-variant-numeric: tabular-nums; max-width: none; }
        .progress progress { flex-basis: 100%; width: 100%; accent-color: var(--link); }
        figure { margin: 1.75rem 0 2.25rem; }
        figcaption { margin: 0 0 0.7rem; max-width: 44rem; font-size: 0.92rem; line-height: 1.45; color: var(--muted); }
        .wide { overflow-x: auto; max-width: 100%; }
        table { border-collapse: collapse; font-size: 0.88rem; line-height: 1.3; font-variant-numeric: tabular-nums lining-nums; }
        th, td { padding: 0.36rem 0.8rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
        th { font-weight: 600; }
        thead th { vertical-align: bottom; border-bottom: 1.5px solid var(--muted); color: var(--muted); }
        tbody:not(:last-child) tr:last-child > *, tbody:not(:last-child) > tr > [scope="rowgroup"] { border-bottom-color: var(--muted); }
        tbody:last-child tr:last-child > *, tbody:last-child > tr > [scope="rowgroup"] { border-bottom: 1.5px solid var(--muted); }
        tbody tr:hover > :not([scope="rowgroup"]) { background: var(--shade); }
        th.words, td.words { text-align: left; }
        tbody th { font-weight: 500; }
        [scope="rowgroup"] { vertical-align: top; }
        .first { position: sticky; left: 0; background: var(--background); padding-left: 0; }
        td.long { white-space: normal; min-width: 14rem; max-width: 24rem; }
        .mark { display: inline-block; width: 0; }
        code { font: 0.9em/1 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; background: var(--shade); padding: 0.12em 0.35em;
          border-radius: 3px; }
        code span { white-space: nowrap; }
        td.best { font-weight: 700; background: var(--best); }
        tbody tr:hover > td.best { background: var(--best); }
        .plot svg { display: block; width: 100%; max-width: {{FigureSheet.Width}}px; min-width: 35rem; height: auto; }
        .plot .dark { display: none; }
        @media (prefers-color-scheme: dark) { .plot .light { display: none; } .plot .dark { display: block; } }
        @media (min-width: 64rem) {
          .page { grid-template-columns: 13rem minmax(0, 1fr); gap: 3.5rem; padding: 2.5rem 2rem 5rem; }
          .contents { position: sticky; top: 2rem; align-self: start; max-height: calc(100vh - 4rem); overflow-y: auto;
            margin-top: 0.4rem; }
          h1 { font-size: 2.2rem; }
        }
        @media print {
          :root { color-scheme: light; {{Colors(FigureTheme.Light)}} --shade: #f5f7f9; --link: #1c2126; --warn: #9a5b00;
            --warn-shade: #fff; --best: #fff; }
          .page { display: block; padding: 0; max-width: none; }
          .contents { display: none; }
          .plot .light { display: block; } .plot .dark { display: none; }
          .wide { overflow: visible; }
          .plot svg { min-width: 0; }
          table { font-size: 7.5pt; }
          th, td { padding: 0.2rem 0.35rem; }
          h2, h3, figcaption { break-after: avoid; }
          figure, tr, .warning { break-inside: avoid; }
          thead { display: table-header-group; }
        }
        """;

    private static string Colors(FigureTheme theme) =>
        $"--background: {theme.Background}; --ink: {theme.Ink}; --muted: {theme.Muted}; --rule: {theme.Rule};";
}
