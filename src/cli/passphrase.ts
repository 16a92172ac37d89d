import { SamicertsError } from "../base/errors.ts";
import type { PassphraseSource } from "../keys/encrypted-key.ts";
import { keyEncrypted } from "../keys/key-error.ts";
import { nodeFiles } from "../workspace/node-files.ts";
import { readPassphraseFile } from "../workspace/read-passphrase.ts";
import { askSecret } from "./ask-secret.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG, type FlagSpec } from "./flags.ts";
import type { Host } from "./host.ts";
import { PASSPHRASE_FLAG } from "./passphrase-flags.ts";
import { usageError } from "./usage.ts";

/**
 * Where the passphrase of a key that is there comes from: the flags or the environment, else a person at the terminal,
 * asked once for each file. It is read when a key turns out to be encrypted, and not before.
 */
export function openingPassphrase(flags: Flags, host: Host): PassphraseSource {
  const asked = new Map<string, Uint8Array>();
  let forAll: Uint8Array | undefined;
  return (file) => {
    // Once, whatever number of keys: a pipe gives it once, and one warning is enough.
    forAll ??= named(flags, host, PASSPHRASE_FLAG.file, PASSPHRASE_FLAG.env);
    const passphrase = forAll ?? asked.get(file) ?? ask(flags, `passphrase of ${file}: `);
    if (passphrase === undefined) throw keyEncrypted(file);
    asked.set(file, passphrase);
    return passphrase;
  };
}

/** Which flags say with what a key that is made is encrypted. */
export type NewPassphraseFlags = "make" | "new";

/**
 * The passphrase for a key that is made; undefined where it is to be written as it is: a source that is named means
 * encrypted. Throws `passphrase.*`, `usage.conflict`.
 */
export function newPassphrase(flags: Flags, host: Host, which: NewPassphraseFlags): Uint8Array | undefined {
  const { makeFile, makeEnv, newFile, newEnv, encrypt } = PASSPHRASE_FLAG;
  const passphrase =
    which === "make" ? named(flags, host, makeFile, makeEnv) : named(flags, host, newFile, newEnv);
  if (passphrase !== undefined || !flags.on(encrypt)) return passphrase;
  return askTwice(flags, which);
}

/**
 * Refuses flags that would encrypt a key, where none is made in a file: they must not be taken for what was done.
 * `instead` says where the key is. Throws `usage.conflict`.
 */
export function refuseNewPassphrase(flags: Flags, which: NewPassphraseFlags, instead: string): void {
  const { makeFile, makeEnv, newFile, newEnv, encrypt } = PASSPHRASE_FLAG;
  const sources = which === "make" ? [makeFile, makeEnv] : [newFile, newEnv];
  // What the environment says is for every command.
  const given = [encrypt, ...sources].find((flag) => flags.on(flag));
  if (given === undefined) return;
  throw usageError(
    "conflict",
    `--${given.name} encrypts a key that is made in a file, but ${instead}`,
    `leave --${given.name} out`,
  );
}

/** Asks a person twice for a new passphrase; throws `passphrase.no-terminal`, `passphrase.mismatch`. */
export function askTwice(flags: Flags, which: NewPassphraseFlags): Uint8Array {
  const first = ask(flags, "new passphrase: ");
  if (first === undefined)
    throw new SamicertsError({
      kind: "key",
      code: "passphrase.no-terminal",
      message: "there is nobody to ask for the new passphrase",
      hint: `name a file that has it with --${PASSPHRASE_FLAG[which === "make" ? "makeFile" : "newFile"].name}`,
    });
  const second = ask(flags, "the same again: ");
  if (second !== undefined && Buffer.compare(first, second) === 0) return first;
  throw new SamicertsError({
    kind: "key",
    code: "passphrase.mismatch",
    message: "the two passphrases differ",
    hint: "run the command again; nothing was made",
  });
}

function ask(flags: Flags, prompt: string): Uint8Array | undefined {
  const typed = flags.on(FLAG.noInput) ? undefined : askSecret(prompt);
  if (typed === undefined) return undefined;
  return checked(typed, "what was typed");
}

function named(flags: Flags, host: Host, file: FlagSpec, env: FlagSpec): Uint8Array | undefined {
  const variable = flags.text(env);
  if (variable !== undefined && flags.on(file))
    throw usageError(
      "conflict",
      `--${file.name} and --${env.name} can't be given together`,
      "keep one of them",
    );
  if (variable !== undefined) {
    const value = host.env[variable];
    if (value === undefined)
      throw usageError(
        "no-variable",
        `there is no variable ${variable}`,
        `export it before, or leave --${env.name} out`,
      );
    return checked(Buffer.from(value, "utf8"), `the variable ${variable}`);
  }
  const path = flags.text(file);
  if (path === undefined) return undefined;
  const warn = (warning: string): void => void host.stderr.write(`warning: ${warning}\n`);
  const options = flags.on(FLAG.allowKeyMode) ? { allowLoose: warn } : {};
  return checked(readPassphraseFile(nodeFiles, path, options), path);
}

/** Refuses what other programs would take for another passphrase than was meant; says nothing of what it is. */
function checked(passphrase: Uint8Array, source: string): Uint8Array {
  const problem =
    passphrase.length === 0
      ? "is empty"
      : passphrase.some((octet) => octet === 0x0a || octet === 0x0d || octet === 0)
        ? "has more than one line"
        : isUtf8(passphrase)
          ? undefined
          : "is not UTF-8 text";
  if (problem === undefined) return passphrase;
  throw new SamicertsError({
    kind: "key",
    code: "passphrase.malformed",
    message: `${source} ${problem}: it is no passphrase`,
    hint: "a passphrase is one line of text; one newline at its end is not part of it",
  });
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The passphrase that is named for what is there, by a flag or by the environment; nobody is asked. */
export function namedPassphrase(flags: Flags, host: Host): Uint8Array | undefined {
  return named(flags, host, PASSPHRASE_FLAG.file, PASSPHRASE_FLAG.env);
}

/** Whether a passphrase for a key that is there is named, by a flag or by the environment. */
export function hasPassphrase(flags: Flags): boolean {
  return flags.text(PASSPHRASE_FLAG.env) !== undefined || flags.text(PASSPHRASE_FLAG.file) !== undefined;
}
