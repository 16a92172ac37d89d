import type { Judge } from "../policy/evaluate.ts";
import { type Accounts, openAccounts } from "./accounts.ts";
import { type Actions, openActions } from "./actions.ts";
import { type ClientChecker, createClientChecker, NO_REVOCATION, type Revocation } from "./client-check.ts";
import { type Devices, openDevices } from "./devices.ts";
import { type Messages, openMessages } from "./messages.ts";
import { type OAuth, openOAuth } from "./oauth.ts";
import { type Allowance, openRateLimits } from "./rate-limits.ts";
import { openRefusalLog, type RefusalLog } from "./refusal-log.ts";
import { openRegistrations, type Registrations } from "./registrations.ts";
import { openStore, type Store } from "./store.ts";
import { openTokens, type Tokens } from "./tokens.ts";
import { openVendors, type Vendors } from "./vendors.ts";
import type { SandboxWorld } from "./world.ts";

/**
 * The platform: all that it does as plain functions, which the device API, the user API and the portal call. What a
 * caller may not do is an ApiError; who the caller is, is asked by the caller: a `Client` comes from `clients`, a
 * `Bearer` from `tokens`, a `uid` from either of `accounts.session` and a bearer.
 */
export interface Platform {
  readonly world: SandboxWorld;
  readonly store: Store;
  readonly vendors: Vendors;
  readonly accounts: Accounts;
  readonly oauth: OAuth;
  readonly tokens: Tokens;
  readonly clients: ClientChecker;
  readonly devices: Devices;
  readonly registrations: Registrations;
  readonly messages: Messages;
  readonly actions: Actions;
  readonly refusals: RefusalLog;
  close(): void;
}

/** How a platform is set up. */
export interface PlatformOptions {
  /** The SQLite file that it keeps its state in; memory where absent. */
  readonly state?: string;
  /** What devices' certificates, and vendors' roots, are judged by. */
  readonly judge: Judge;
  /** What was revoked; nothing where absent. */
  readonly revocation?: Revocation;
  /** 100 messages a minute and 1000 a day where absent. */
  readonly allowance?: Allowance;
}

/** Opens a platform; throws `sandbox.*` where its state can't be opened. */
export function openPlatform(options: PlatformOptions, world: SandboxWorld): Platform {
  const { judge } = options;
  const store = openStore(options.state);
  const vendors = openVendors(store, world, judge);
  const tokens = openTokens(store, world);
  const devices = openDevices(store, world, vendors, tokens);
  const refusals = openRefusalLog(store, world);
  return {
    world,
    store,
    vendors,
    accounts: openAccounts(store, world),
    oauth: openOAuth(store, world, tokens),
    tokens,
    clients: createClientChecker(store, vendors, world, judge, options.revocation ?? NO_REVOCATION),
    devices,
    registrations: openRegistrations(store, world, vendors, devices, tokens),
    messages: openMessages(store, world, devices, openRateLimits(store, world, options.allowance)),
    actions: openActions(world, devices),
    refusals,
    close: () => {
      refusals.newest(1);
      store.close();
    },
  };
}
