import { CONTENT_STYLE } from "./style-content.ts";
import { DEVICE_STYLE } from "./style-devices.ts";
import { FORM_STYLE } from "./style-forms.ts";

/** Colours, letters and the frame of every page; each pair of colours has 4.5:1 at least (WCAG 2.2, 1.4.3). */
const FRAME_STYLE = `:root {
  color-scheme: light dark;
  --ground: #f4f6f7;
  --sheet: #ffffff;
  --line: #d9e0e4;
  --edge: #7d8b94;
  --ink: #14212b;
  --soft: #51616d;
  --accent: #0b5566;
  --accent-ink: #ffffff;
  --accent-over: #084250;
  --accent-wash: #e3eff2;
  --good: #14603a;
  --good-wash: #e2f3e9;
  --bad: #9c1f1a;
  --bad-wash: #fdecea;
  --bad-over: #7e1511;
  --shadow: 0 1px 2px rgb(16 32 44 / 6%), 0 4px 16px rgb(16 32 44 / 5%);
  --words: Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --figures: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e151b;
    --sheet: #162029;
    --line: #2a3843;
    --edge: #7b8b97;
    --ink: #e8eef2;
    --soft: #a3b3bf;
    --accent: #7fd0e0;
    --accent-ink: #06222a;
    --accent-over: #a8e2ee;
    --accent-wash: #15323b;
    --good: #86d9a8;
    --good-wash: #12301f;
    --bad: #ffaaa2;
    --bad-wash: #3b1917;
    --bad-over: #ffc6c1;
    --shadow: none;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--ground);
  color: var(--ink);
  font: 400 1rem/1.55 var(--words);
  font-feature-settings: "cv05", "ss03", "calt";
  overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; }
h1 { font-size: clamp(1.6rem, 1.3rem + 1.4vw, 2.1rem); line-height: 1.2; letter-spacing: -0.022em; font-weight: 650; }
h2 { font-size: 1.125rem; line-height: 1.35; letter-spacing: -0.011em; font-weight: 620; }
h3 { font-size: 0.875rem; font-weight: 600; color: var(--soft); }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: from-font; }
a:hover { color: var(--accent-over); text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
[hidden] { display: none !important; }
code { font: 400 0.875em/1.5 var(--figures); }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.skip { position: absolute; left: 1rem; top: -6rem; z-index: 2; padding: 0.6rem 1rem; background: var(--sheet); border-radius: 8px; }
.skip:focus { top: 0.75rem; }
.bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem 1.5rem;
  padding: 0.75rem max(1rem, calc((100vw - 72rem) / 2 + 1rem));
  background: var(--sheet);
  border-bottom: 1px solid var(--line);
}
.brand { display: flex; align-items: center; gap: 0.65rem; color: var(--ink); font-weight: 650; letter-spacing: -0.015em; text-decoration: none; }
.brand:hover { color: var(--ink); }
.brand-light { color: var(--soft); font-weight: 450; }
.mark { width: 1.9rem; height: 1.9rem; flex: none; }
.mark-field { fill: #0b5566; }
.mark-line { fill: none; stroke: #ffffff; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.menu ul { display: flex; flex-wrap: wrap; gap: 0.15rem; padding: 0; list-style: none; }
.menu a { display: block; padding: 0.45rem 0.75rem; border-radius: 8px; color: var(--soft); font-size: 0.9375rem; font-weight: 500; text-decoration: none; }
.menu a:hover { background: var(--ground); color: var(--ink); }
.menu a[aria-current] { background: var(--accent-wash); color: var(--accent); font-weight: 600; }
.who { display: flex; align-items: center; gap: 0.75rem; margin-left: auto; }
.who-name { color: var(--soft); font-size: 0.9375rem; max-width: 14rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
main { flex: 1; width: 100%; max-width: 72rem; margin: 0 auto; padding: clamp(1.5rem, 1rem + 2.5vw, 3rem) 1rem 3rem; display: grid; gap: 1.25rem; align-content: start; grid-template-columns: minmax(0, 1fr); }
main.narrow { max-width: 36rem; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; }
.head > .button, .head > .badge { margin-left: auto; }
main > .head > div { display: flex; }
.trail { font-size: 0.9375rem; margin-bottom: -0.75rem; }
.lead { color: var(--soft); font-size: 1.0625rem; max-width: 46rem; margin-top: -0.5rem; }
.aside { color: var(--soft); font-size: 0.9375rem; }
.soft { color: var(--soft); }
.whole { white-space: nowrap; }
.figures { font-variant-numeric: tabular-nums; }
.foot { padding: 1.25rem max(1rem, calc((100vw - 72rem) / 2 + 1rem)); border-top: 1px solid var(--line); color: var(--soft); font-size: 0.875rem; }
@media (max-width: 30rem) {
  .bar { gap: 0.5rem 1rem; }
  .menu { order: 3; width: 100%; }
  .menu ul { justify-content: space-between; gap: 0; }
  .menu a { padding: 0.5rem 0.4rem; font-size: 0.875rem; }
  .who-name { display: none; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; }
}
@media print {
  .bar, .foot, .live, .skip { display: none; }
}
`;

/** The portal's stylesheet. */
export const STYLE: string = FRAME_STYLE + CONTENT_STYLE + FORM_STYLE + DEVICE_STYLE;
