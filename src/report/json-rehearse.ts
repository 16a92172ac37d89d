import type { ToldRehearsal } from "./human-rehearse.ts";

/** The `samicerts/rehearse/v1` document; docs/json.md describes it, as it does the others. */
export function rehearseJson(api: string, own: boolean, devices: readonly ToldRehearsal[]): string {
  const passed = devices.filter(({ ok }) => ok).length;
  const document = {
    schema: "samicerts/rehearse/v1",
    api,
    ownSandbox: own,
    passed,
    failed: devices.length - passed,
    devices,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
