/** Fields, buttons and what is said beside them. */
export const FORM_STYLE: string = `.form { display: grid; gap: 1.25rem; padding: clamp(1.25rem, 4vw, 1.75rem); }
.form > * { margin: 0; }
.field { display: grid; gap: 0.3rem; align-content: start; }
label { font-size: 0.9375rem; font-weight: 600; }
.hint { color: var(--soft); font-size: 0.875rem; line-height: 1.4; }
.field-error { color: var(--bad); font-size: 0.875rem; font-weight: 550; line-height: 1.4; }
input:not([type="checkbox"]), select {
  width: 100%;
  min-height: 2.75rem;
  padding: 0.5rem 0.75rem;
  border: 1px solid var(--edge);
  border-radius: 9px;
  background: var(--sheet);
  color: var(--ink);
  font: inherit;
}
input[aria-invalid="true"], select[aria-invalid="true"] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
input:focus-visible, select:focus-visible { outline-offset: 1px; border-radius: 9px; }
input.code { font-family: var(--figures); font-size: 1.125rem; letter-spacing: 0.12em; text-transform: uppercase; }
input[type="checkbox"] { width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--accent); vertical-align: -0.25rem; }
.pair { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); }
.joined { display: flex; gap: 0.5rem; margin-top: 0.3rem; }
.joined input { flex: 1; min-width: 0; }
.button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-height: 2.75rem;
  padding: 0.5rem 1.1rem;
  border: 1px solid transparent;
  border-radius: 9px;
  background: var(--accent);
  color: var(--accent-ink);
  font: 600 0.9375rem/1.3 var(--words);
  text-decoration: none;
  cursor: pointer;
}
.button:hover { background: var(--accent-over); color: var(--accent-ink); }
.button:focus-visible { border-radius: 9px; }
.button-quiet { background: transparent; border-color: var(--edge); color: var(--ink); }
.button-quiet:hover { background: var(--accent-wash); color: var(--ink); }
.button-bad { background: transparent; border-color: var(--bad); color: var(--bad); }
.button-bad:hover { background: var(--bad-wash); color: var(--bad-over); }
.who .button, .button-small { min-height: 2.125rem; padding: 0.25rem 0.8rem; font-size: 0.875rem; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; }
.attempts { display: flex; align-items: baseline; gap: 0.6rem; color: var(--soft); font-size: 0.875rem; }
.attempts-dots { display: inline-flex; gap: 0.3rem; flex: none; }
.attempts-dots span { width: 0.6rem; height: 0.6rem; border-radius: 50%; box-shadow: inset 0 0 0 1.5px var(--edge); }
.attempts-dots .attempts-left { background: var(--accent); box-shadow: none; }
.plain-list { padding-left: 1.25rem; }
details { border-top: 1px solid var(--line); padding-top: 0.9rem; }
details > * + * { margin-top: 0.75rem; }
summary { cursor: pointer; font-size: 0.9375rem; font-weight: 550; }
details p { color: var(--soft); font-size: 0.9375rem; }
.action > * + * { margin-top: 0.75rem; }
.sure label { font-weight: 500; color: var(--ink); }
.steps { padding: 0; list-style: none; }
.step { position: relative; padding: 0 0 1.25rem 2.1rem; color: var(--soft); }
.step:last-child { padding-bottom: 0; }
.step:not(:last-child)::after { content: ""; position: absolute; left: 0.625rem; top: 1.6rem; bottom: 0.05rem; border-left: 2px solid var(--line); }
.step-mark { position: absolute; left: 0; top: 0.1rem; width: 1.375rem; height: 1.375rem; fill: none; stroke: var(--edge); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.step-done { color: var(--ink); }
.step-done .step-mark { stroke: var(--good); }
.step-done .step-mark circle { fill: var(--good-wash); }
.step-now { color: var(--ink); font-weight: 600; }
.step-now .step-mark { stroke: var(--accent); }
.step-now .step-mark path { stroke-width: 5; }
.step-failed { color: var(--bad); }
.step-failed .step-mark { stroke: var(--bad); }
.step-failed .step-mark circle { fill: var(--bad-wash); }
`;
