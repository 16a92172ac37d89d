import type { FlagSpec } from "./flags.ts";

const PASSPHRASES = "Passphrases:";

/** The flags that say where passphrases come from; never one that has the passphrase itself. */
export const PASSPHRASE_FLAG: Readonly<
  Record<"file" | "env" | "readFile" | "makeFile" | "makeEnv" | "newFile" | "newEnv" | "encrypt", FlagSpec>
> = {
  file: {
    name: "passphrase-file",
    value: "file",
    group: PASSPHRASES,
    summary: "a file with the passphrase of the key that signs",
    environment: "SAMICERTS_PASSPHRASE_FILE",
    completes: "file",
  },
  env: {
    name: "passphrase-env",
    value: "name",
    group: PASSPHRASES,
    summary: "the variable that has it instead",
    completes: [],
  },
  readFile: {
    name: "passphrase-file",
    value: "file",
    group: PASSPHRASES,
    summary: "a file with the passphrase of encrypted keys and PKCS#12 files",
    environment: "SAMICERTS_PASSPHRASE_FILE",
    completes: "file",
  },
  makeFile: {
    name: "passphrase-file",
    value: "file",
    group: PASSPHRASES,
    summary: "encrypt the key with the passphrase in this file",
    environment: "SAMICERTS_PASSPHRASE_FILE",
    completes: "file",
  },
  makeEnv: {
    name: "passphrase-env",
    value: "name",
    group: PASSPHRASES,
    summary: "with the one in this variable",
    completes: [],
  },
  newFile: {
    name: "new-passphrase-file",
    value: "file",
    group: PASSPHRASES,
    summary: "encrypt the key that is made with the passphrase in this file",
    completes: "file",
  },
  newEnv: {
    name: "new-passphrase-env",
    value: "name",
    group: PASSPHRASES,
    summary: "with the one in this variable",
    completes: [],
  },
  encrypt: {
    name: "encrypt",
    group: PASSPHRASES,
    summary: "encrypt the key that is made; the passphrase is asked for where none is named",
  },
};

/** For commands that use a key and make none. */
export const OPENING_FLAGS: readonly FlagSpec[] = [PASSPHRASE_FLAG.file, PASSPHRASE_FLAG.env];

/** For commands that look into files and sign nothing. */
export const READING_FLAGS: readonly FlagSpec[] = [PASSPHRASE_FLAG.readFile, PASSPHRASE_FLAG.env];

/** For commands that make a key and use none. */
export const MAKING_FLAGS: readonly FlagSpec[] = [
  PASSPHRASE_FLAG.encrypt,
  PASSPHRASE_FLAG.makeFile,
  PASSPHRASE_FLAG.makeEnv,
];

/** For commands that use one key and make another. */
export const BOTH_FLAGS: readonly FlagSpec[] = [
  ...OPENING_FLAGS,
  PASSPHRASE_FLAG.encrypt,
  PASSPHRASE_FLAG.newFile,
  PASSPHRASE_FLAG.newEnv,
];
