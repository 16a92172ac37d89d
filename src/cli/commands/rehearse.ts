import { performance } from "node:perf_hooks";
import { SamicertsError } from "../../base/errors.ts";
import { errorText } from "../../report/error.ts";
import {
  batchText,
  passedText,
  pinText,
  rehearsalHead,
  stepText,
  type ToldRehearsal,
  type ToldStep,
} from "../../report/human-rehearse.ts";
import { rehearseJson } from "../../report/json-rehearse.ts";
import { createDeviceClient } from "../../sandbox/rehearse/device-client.ts";
import { rehearseHub } from "../../sandbox/rehearse/hub.ts";
import { createOwner } from "../../sandbox/rehearse/owner.ts";
import { type RehearsalParts, rehearseData, rehearseRegistration } from "../../sandbox/rehearse/rehearse.ts";
import { startTimeline } from "../../sandbox/rehearse/timeline.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT, type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { NO_PROGRESS, startProgress } from "../progress.ts";
import { type Device, type DeviceFiles, findDevices, readDevice, readNumber } from "../rehearse/devices.ts";
import { openTarget, type Target } from "../rehearse/target.ts";
import { REHEARSE_FLAG } from "../rehearse-flags.ts";
import { usageError } from "../usage.ts";

const now = (): number => performance.now();
const DEFAULT_JOBS = 8;
const DEFAULT_NODES = 3;

/** Is a device, or many of them. */
export function run(call: Call): Outcome {
  const { flags, host, paint, notePaint } = call;
  const [json, quiet] = [flags.on(FLAG.json), flags.on(FLAG.quiet)];
  const jobs = readNumber("jobs", flags.text(REHEARSE_FLAG.jobs)) ?? DEFAULT_JOBS;
  const { files, batch } = findDevices(call);
  const columns = host.stdout.columns;
  if (batch && !flags.on(REHEARSE_FLAG.autoConfirm))
    throw usageError(
      "no-owner",
      `${files.length} devices are more than one person confirms`,
      "give --auto-confirm, which plays the owner of them all",
    );
  refuseUseless(flags, batch);
  const [only] = batch ? [] : files.map((each) => readDevice(call, each));
  let exitCode: ExitCode = EXIT.done;

  async function* rehearseAll(): AsyncGenerator<string> {
    const target = await openTarget(call);
    try {
      const api = createDeviceClient(target.place, undefined).url;
      if (only === undefined) {
        const progress =
          json || quiet ? NO_PROGRESS : startProgress(host.stderr, files.length, "devices", now);
        let done = 0;
        const told = await inTurn(files, jobs, async (each) => {
          const one = await rehearseFile(call, each, target);
          progress.report(++done);
          return one;
        });
        progress.end();
        if (told.some(({ ok }) => !ok)) exitCode = EXIT.notCompliant;
        if (json) yield rehearseJson(api, target.own, told);
        else yield batchText(told, paint, columns);
        return;
      }
      const shown = !json && !quiet;
      const show = (text: string): void => {
        if (shown) host.stdout.write(text);
      };
      show(rehearsalHead(only, target.own ? `${api}, a sandbox of this run's own` : api, paint));
      const portal = "the sandbox's portal";
      const told = await rehearse(call, only, target, {
        onStep: (step) => show(stepText(step, paint, columns)),
        onPin: (pin, untilMs) => {
          const text = pinText(pin, only.serial.lastFour, portal, untilMs, paint);
          // Who asked for JSON, or for silence, is still a person with a PIN to enter.
          if (shown) show(text);
          else host.stderr.write(text);
        },
      });
      const { failure } = told;
      if (failure !== undefined) exitCode = exitCodeOf(failure.kind);
      if (failure !== undefined) host.stderr.write(errorText(failure, notePaint));
      if (json) yield rehearseJson(api, target.own, [told.told]);
      else if (!quiet && failure === undefined) yield passedText(told.told, paint);
    } finally {
      await target.close();
    }
  }
  return { exitCode: () => exitCode, out: rehearseAll() };
}

/** Refuses flags that would do nothing: whoever gave one meant something by it. */
function refuseUseless(flags: Flags, batch: boolean): void {
  if (!flags.on(REHEARSE_FLAG.hub) && flags.text(REHEARSE_FLAG.nodes) !== undefined)
    throw usageError("conflict", "--nodes are a hub's, and there is none", "give --hub as well");
  for (const flag of batch ? [REHEARSE_FLAG.name] : [REHEARSE_FLAG.sample, REHEARSE_FLAG.jobs])
    if (flags.text(flag) !== undefined)
      throw batch
        ? usageError(
            "conflict",
            `--${flag.name} is one device's, and there is a directory of them`,
            `leave --${flag.name} out`,
          )
        : usageError(
            "conflict",
            `--${flag.name} is for a directory of devices, and there is one device`,
            `name the directory, as in samicerts rehearse devices/ --auto-confirm --${flag.name} 8`,
          );
}

interface Listening {
  readonly onStep?: (step: ToldStep) => void;
  readonly onPin?: (pin: string, untilMs: number) => void;
}

async function rehearse(
  { flags }: Call,
  device: Device,
  { place, tokens }: Target,
  { onStep, onPin }: Listening,
): Promise<{ readonly told: ToldRehearsal; readonly failure?: SamicertsError }> {
  const client = createDeviceClient(place, device);
  const timeline = startTimeline(now, onStep);
  const owners = tokens.map((token) => createOwner(client, token));
  const [owner] = owners;
  const type = flags.text(REHEARSE_FLAG.type);
  const nodes = readNumber("nodes", flags.text(REHEARSE_FLAG.nodes)) ?? DEFAULT_NODES;
  const rehearsed = {
    client,
    issuerDn: device.issuerDn,
    vendorDeviceId: device.serial.hex.slice(2),
    name: device.name,
    ...(type === undefined ? {} : { deviceTypeId: type }),
  };
  const parts: RehearsalParts = {
    timeline,
    now: () => Date.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ...(owner === undefined ? {} : { owner }),
    ...(onPin === undefined ? {} : { onPin }),
  };
  const told = { name: device.name, serial: device.serial, steps: timeline.steps };
  try {
    const registered = await rehearseRegistration(rehearsed, parts);
    let messages = await rehearseData(rehearsed, registered, parts);
    if (flags.on(REHEARSE_FLAG.hub))
      messages += await rehearseHub(rehearsed, registered, owners, nodes, parts);
    return { told: { ...told, ok: true, messages } };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const { code, message, hint } = error;
    return { told: { ...told, ok: false, messages: 0, error: { code, message, hint } }, failure: error };
  } finally {
    client.close();
  }
}

async function rehearseFile(call: Call, files: DeviceFiles, target: Target): Promise<ToldRehearsal> {
  try {
    return (await rehearse(call, readDevice(call, files), target, {})).told;
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const { code, message, hint } = error;
    const serial = { decimal: files.certificate, hex: "", lastFour: "" };
    return {
      name: files.certificate,
      serial,
      ok: false,
      messages: 0,
      steps: [],
      error: { code, message, hint },
    };
  }
}

/** Works on all, `jobs` at a time, and gives what came of each in order. */
async function inTurn<T, R>(all: readonly T[], jobs: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < all.length) {
      const place = next++;
      results[place] = await work(all[place] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, all.length) }, worker));
  return results;
}
