/** A private key file's bytes. */
export interface KeyFile {
  readonly bytes: Uint8Array;
  /** What the person should be told: the file's mode lets others read it. */
  readonly warning?: string;
}
