/** The list of devices, a device's page, charts, and what is live. */
export const DEVICE_STYLE: string = `.live { display: flex; align-items: center; gap: 0.6rem; color: var(--soft); font-size: 0.9375rem; }
.live-dot { width: 0.6rem; height: 0.6rem; border-radius: 50%; background: var(--edge); flex: none; }
.live[data-state="live"] .live-dot { background: var(--good); animation: beat 2.4s ease-out infinite; }
.live[data-state="ended"] .live-dot { background: var(--bad); }
@keyframes beat { 0% { box-shadow: 0 0 0 0 var(--good); } 60%, 100% { box-shadow: 0 0 0 0.5rem transparent; } }
.devices { display: grid; gap: 1rem; padding: 0; list-style: none; }
#changed:empty { display: none; }
.device { display: grid; gap: 1rem 2rem; grid-template-columns: minmax(0, 5fr) minmax(0, 5fr) minmax(0, 4fr); align-items: start; }
.device > * { margin: 0; }
.device-head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.15rem 0.75rem; }
.device-head h2 a { color: var(--ink); text-decoration-color: var(--edge); }
.device-head h2 a:hover { color: var(--accent); }
.device-type { color: var(--soft); font-size: 0.9375rem; width: 100%; }
.device > .facts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); gap: 0.75rem 1.5rem; }
.device > .facts dd .soft { display: block; font-size: 0.875rem; }
.device > .latest { grid-column: -2 / -1; }
.latest .line { height: 2.5rem; }
.latest-values { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; }
.latest-values div { display: flex; align-items: baseline; gap: 0.4rem; }
.latest-values dt { color: var(--soft); font-size: 0.8125rem; }
.latest-values dd { font-size: 0.9375rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.latest-when, .latest-none { color: var(--soft); font-size: 0.8125rem; }
.latest-line { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; align-items: baseline; }
.nodes { grid-column: 1 / -1; padding-top: 1rem; border-top: 1px solid var(--line); }
.nodes ul { display: grid; gap: 0; padding: 0; margin: 0.25rem 0 0; list-style: none; }
.nodes li, .node-list li { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0.1rem 1.5rem; padding: 0.55rem 0 0.55rem 1.25rem; position: relative; }
.nodes li::before { content: ""; position: absolute; left: 0.1rem; top: 0; height: 1.35rem; width: 0.65rem; border: solid var(--edge); border-width: 0 0 1px 1px; border-bottom-left-radius: 5px; }
.nodes li:not(:last-child)::after { content: ""; position: absolute; left: 0.1rem; top: 0; bottom: 0; border-left: 1px solid var(--edge); }
.nodes li a { font-weight: 500; }
.node-list { list-style: none; padding: 0.5rem 1.25rem; margin-top: 0.75rem; }
.node-list li { padding: 0.75rem 0; margin: 0; }
.node-list li + li { border-top: 1px solid var(--line); }
.columns { display: grid; gap: 1.5rem; grid-template-columns: minmax(0, 1fr); align-items: start; }
.column { display: grid; gap: 1.5rem; min-width: 0; }
.column h2 { margin-bottom: 0.75rem; }
.column .card h2 { margin-bottom: 0; }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
.charts + .card { margin-top: 1rem; }
.chart { background: var(--sheet); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); padding: 1rem 1.1rem 0.75rem; display: grid; gap: 0.5rem; align-content: start; }
.chart figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; }
.chart-name { color: var(--soft); font-size: 0.875rem; font-weight: 500; }
.chart-value { font-size: 1.5rem; font-weight: 620; letter-spacing: -0.02em; line-height: 1.2; font-variant-numeric: tabular-nums; }
.chart-foot time { white-space: nowrap; }
.chart-foot { display: flex; justify-content: space-between; gap: 0.5rem; color: var(--soft); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
.line { display: block; width: 100%; height: 5.5rem; overflow: visible; }
.line path { vector-effect: non-scaling-stroke; }
.line-area { fill: var(--accent); opacity: 0.1; stroke: none; }
.line-stroke { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line-dot { fill: none; stroke: var(--accent); stroke-width: 7; stroke-linecap: round; }
@media (min-width: 60rem) {
  .columns { grid-template-columns: minmax(0, 1fr) 21.5rem; }
}
@media (max-width: 60rem) {
  .device { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .device-head { grid-column: 1 / -1; }
}
@media (max-width: 40rem) {
  .device { grid-template-columns: minmax(0, 1fr); }
  .device > .latest { grid-column: 1 / -1; }
  .nodes li { padding-left: 1.25rem; }
}
`;
