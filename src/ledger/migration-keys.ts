/**
 * Keys are told apart by 96 of the 256 bits of their digest. They come in no order, so that a batch touches a page of this
 * index for nearly every device: the smaller it is, the fewer pages there are, and the more of them stay in memory. That
 * two keys of a thousand million share those bits has a chance of 2 to the -37th; the second would be refused.
 */
export const KEYS_STEP: string = `DROP INDEX certificates_key;
  CREATE UNIQUE INDEX certificates_key ON certificates (substr(spki_sha256, 1, 12))
    WHERE renews IS NULL AND spki_sha256 IS NOT NULL;`;
