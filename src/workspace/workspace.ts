import type { DevicePaths, WorkspacePaths } from "./paths.ts";
import type { KeyFile } from "./read-file.ts";

/**
 * The vendor's directory, by what the actions do in it. Opening it touches nothing.
 * Every write is durable when it returns, and leaves nothing where it throws.
 * Besides what each says, reads throw `io.missing`, `io.is-a-directory`, `io.not-a-file`, `io.failed`, and
 * `input.too-large`; writes throw `exists.file`, `io.no-space`, `io.read-only`, `io.not-a-directory`, `io.failed`.
 */
export interface Workspace {
  readonly paths: WorkspacePaths;
  /** Makes the directory itself (its last component, 0755) where it is absent; throws `io.missing` without a parent. */
  prepare(): void;
  /** True where root.crt or root.key is there, whatever it is. */
  hasRoot(): boolean;
  /** The bytes of root.crt; where it is absent the hint is to make a root first. */
  readRootCertificate(): Uint8Array;
  /** The bytes of root.key; throws `key.permissions` where others may read it, unless `allowMode`. */
  readRootKey(options?: { readonly allowMode?: boolean }): KeyFile;
  /** The text of policy.json, undefined where there is none; throws `input.not-utf8`. */
  readPolicyText(): { readonly path: string; readonly text: string } | undefined;
  /** Throws `exists.file` where root.crt or root.key is there. */
  checkRootAbsent(): void;
  /** Writes root.key (0600), then root.crt (0644). */
  writeRoot(pair: PairText): void;
  /** Writes root.crt anew for the key that is there; `replace` writes over the certificate. */
  writeRootCertificate(certificate: string, options?: { readonly replace?: boolean }): void;
  /** Where a device's files lie; `serial` in decimal, here and below. */
  devicePaths(serial: string): DevicePaths;
  /** True where a file of this device is there, whatever it is. */
  hasDevice(serial: string): boolean;
  /** Throws `exists.file` where a file of this device is there. */
  checkDeviceAbsent(serial: string): void;
  /** What is there of a device: after a run that was cut off it may be the key alone. */
  readDevice(serial: string): {
    readonly certificate: Uint8Array | undefined;
    readonly key: Uint8Array | undefined;
  };
  /** Writes a device's key (0600), then its certificate (0644); makes devices/ where needed. */
  writeDevice(serial: string, pair: PairText): DevicePaths;
  /** Writes a device's certificate for a key that is there, or that is not ours; `replace` writes over the certificate. */
  writeDeviceCertificate(
    serial: string,
    certificate: string,
    options?: { readonly replace?: boolean },
  ): DevicePaths;
  /** Removes temporary files of this device that a run left when it was cut off; only where that run is gone. */
  removeLeftovers(serial: string): void;
}

/** A pair as it is written: PEM texts. */
export interface PairText {
  readonly key: string;
  readonly certificate: string;
}
