/** Cards, notices, badges, facts and tables. */
export const CONTENT_STYLE: string = `.card { background: var(--sheet); border: 1px solid var(--line); border-radius: 14px; padding: 1.25rem; box-shadow: var(--shadow); }
.card > * + * { margin-top: 1rem; }
.empty { padding: 2rem 1.5rem; text-align: center; color: var(--soft); }
.empty h2 { color: var(--ink); }
.empty p { max-width: 34rem; margin-inline: auto; }
.notice { padding: 0.8rem 1rem; border-radius: 10px; background: var(--accent-wash); border: 1px solid transparent; color: var(--ink); }
.notice > * + * { margin-top: 0.35rem; }
.notice ul { padding-left: 1.2rem; }
.notice-good { background: var(--good-wash); color: var(--good); }
.notice-bad { background: var(--bad-wash); color: var(--bad); }
.notice-bad a, .notice-bad .soft { color: inherit; }
.badge { display: inline-flex; align-items: center; gap: 0.35rem; padding: 0.15rem 0.6rem 0.15rem 0.45rem; border-radius: 99px; font-size: 0.8125rem; font-weight: 600; line-height: 1.5; white-space: nowrap; }
.badge-mark { width: 0.75rem; height: 0.75rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.badge-good { background: var(--good-wash); color: var(--good); }
.badge-bad { background: var(--bad-wash); color: var(--bad); }
.badge-quiet { background: var(--ground); color: var(--soft); box-shadow: inset 0 0 0 1px var(--line); }
.facts { display: grid; gap: 0.9rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); }
.facts-column { grid-template-columns: minmax(0, 1fr); }
.facts dt { color: var(--soft); font-size: 0.8125rem; font-weight: 500; }
.facts dd { font-size: 0.9375rem; }
.facts-small { grid-template-columns: 2fr 3fr auto; gap: 0.5rem 2rem; }
.facts-small dd { font-size: 0.875rem; }
.fingerprint { font-size: 0.8125rem; color: var(--soft); overflow-wrap: anywhere; }
.findings { display: grid; gap: 0.75rem; padding: 0; list-style: none; }
.findings .soft { font-size: 0.8125rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
caption { text-align: left; font-size: 0.875rem; font-weight: 600; color: var(--soft); padding-bottom: 0.5rem; }
th, td { padding: 0.55rem 1rem 0.55rem 0; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-size: 0.8125rem; font-weight: 500; border-top: 0; }
tbody th { font-weight: 550; }
.when { color: var(--soft); font-variant-numeric: tabular-nums; }
td.when { width: 1%; white-space: nowrap; padding-right: 1.5rem; }
td.when time:first-child { display: block; color: var(--ink); font-weight: 550; }
td.when time:last-child { font-size: 0.8125rem; }
.pager { display: flex; gap: 1rem; align-items: center; justify-content: center; color: var(--soft); font-size: 0.9375rem; }
.pager a { padding: 0.35rem 0.6rem; }
.refusals { display: grid; gap: 0.75rem; padding: 0; list-style: none; }
.refusal { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.35rem 1rem; align-items: baseline; }
.refusal > * { margin: 0; grid-column: 1 / -1; }
.refusal > h2 { grid-column: 1; font-size: 1rem; display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; }
.refusal > .when { grid-column: 2; font-size: 0.875rem; }
.refusal > .facts { margin-top: 0.35rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
@media (max-width: 40rem) {
  .facts-small { grid-template-columns: minmax(0, 1fr); }
  .refusal > h2, .refusal > .when { grid-column: 1 / -1; }
  table.stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.stacked tr { display: block; border-top: 1px solid var(--line); padding: 0.6rem 0; }
  table.stacked th, table.stacked td { display: block; border: 0; padding: 0.1rem 0; }
  table.stacked td.when { width: auto; }
  td.when time:first-child { display: inline; }
}
`;
