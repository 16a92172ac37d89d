import { KEYS_STEP } from "./migration-keys.ts";
import { LINES_STEP } from "./migration-lines.ts";
import { REVOCATIONS_STEP } from "./migration-revocations.ts";

/**
 * The schema's history: the n-th step brings a ledger from version n-1 to n. Steps that were released are never
 * changed; a new one is added at the end.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE issuers (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    spki_sha256 BLOB NOT NULL CHECK (length(spki_sha256) = 32),
    created_ms INTEGER NOT NULL,
    UNIQUE (spki_sha256, subject)
  ) STRICT;

  CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issuer INTEGER NOT NULL REFERENCES issuers (id),
    input_digest TEXT NOT NULL,
    output TEXT NOT NULL,
    policy_digest TEXT NOT NULL,
    -- Which process has it; none where it was finished or given up.
    holder TEXT,
    begun_ms INTEGER NOT NULL,
    finished_ms INTEGER,
    summary TEXT,
    -- All of what follows is durable: the output and the manifest up to these lengths in octets.
    issued INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    last_line INTEGER NOT NULL DEFAULT 0,
    output_length INTEGER NOT NULL DEFAULT 0,
    manifest_length INTEGER NOT NULL DEFAULT 0,
    UNIQUE (output, input_digest, issuer, policy_digest),
    CHECK (finished_ms IS NULL OR (summary IS NOT NULL AND holder IS NULL))
  ) STRICT;

  CREATE TABLE certificates (
    id INTEGER PRIMARY KEY,
    issuer INTEGER NOT NULL REFERENCES issuers (id),
    -- Decimal digits without leading zeros: up to 20 octets are more than an INTEGER holds.
    serial TEXT NOT NULL CHECK (serial GLOB '[1-9]*' AND serial NOT GLOB '*[^0-9]*'),
    -- Of two such numbers the longer is the greater, and of two as long the one that sorts later.
    serial_length INTEGER NOT NULL GENERATED ALWAYS AS (length(serial)) VIRTUAL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued')),
    -- Which process has it reserved; none where it was given up, and none where it is a batch's, which has a holder.
    holder TEXT,
    batch INTEGER REFERENCES batches (id),
    -- The row's place in the batch's input.
    line INTEGER,
    -- 1 where the device keeps its key to itself, and only its certificate is ours.
    key_elsewhere INTEGER NOT NULL DEFAULT 0,
    -- The earlier certificate that has the same key.
    renews INTEGER REFERENCES certificates (id),
    reserved_ms INTEGER NOT NULL,
    issued_ms INTEGER,
    spki_sha256 BLOB CHECK (length(spki_sha256) = 32),
    certificate_sha256 BLOB CHECK (length(certificate_sha256) = 32),
    not_before_ms INTEGER,
    not_after_ms INTEGER,
    CHECK (state = 'reserved' OR (
      holder IS NULL AND issued_ms IS NOT NULL AND spki_sha256 IS NOT NULL AND certificate_sha256 IS NOT NULL
      AND not_before_ms IS NOT NULL AND not_after_ms IS NOT NULL
    )),
    CHECK ((batch IS NULL) = (line IS NULL)),
    CHECK (batch IS NULL OR holder IS NULL)
  ) STRICT;
  CREATE UNIQUE INDEX certificates_serial ON certificates (issuer, serial_length, serial);
  CREATE UNIQUE INDEX certificates_key ON certificates (spki_sha256)
    WHERE renews IS NULL AND spki_sha256 IS NOT NULL;
  CREATE INDEX certificates_key_again ON certificates (spki_sha256) WHERE renews IS NOT NULL;
  CREATE INDEX certificates_renews ON certificates (renews) WHERE renews IS NOT NULL;
  CREATE INDEX certificates_name ON certificates (name);
  CREATE INDEX certificates_batch ON certificates (batch, line) WHERE batch IS NOT NULL;
  CREATE INDEX certificates_end ON certificates (not_after_ms) WHERE not_after_ms IS NOT NULL;
  CREATE INDEX certificates_open ON certificates (state, issuer, serial_length, serial) WHERE state <> 'issued';

  -- Apart from the rows that are searched: those stay small, and do not grow when they are issued.
  CREATE TABLE certificate_der (
    certificate INTEGER PRIMARY KEY REFERENCES certificates (id),
    der BLOB NOT NULL
  ) STRICT;

  CREATE TRIGGER issued_stays BEFORE DELETE ON certificates WHEN OLD.state = 'issued'
  BEGIN
    SELECT RAISE(ABORT, 'an issued certificate is never forgotten');
  END;
  CREATE TRIGGER der_stays BEFORE DELETE ON certificate_der
  BEGIN
    SELECT RAISE(ABORT, 'an issued certificate is never forgotten');
  END;
  CREATE TRIGGER der_is_kept BEFORE UPDATE ON certificate_der
  BEGIN
    SELECT RAISE(ABORT, 'an issued certificate is never changed');
  END;

  -- What was done, in the order in which it was done.
  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    issuer INTEGER REFERENCES issuers (id),
    serial TEXT,
    batch INTEGER REFERENCES batches (id),
    -- SHA-256 of what it is about: a certificate, or a chunk's certificates' SHA-256s in their order.
    digest BLOB CHECK (length(digest) = 32),
    detail TEXT,
    -- Room for a chain: SHA-256 over this row and the hash of the one before.
    hash BLOB CHECK (length(hash) = 32)
  ) STRICT;
  CREATE TRIGGER events_are_kept BEFORE UPDATE ON events
  BEGIN
    SELECT RAISE(ABORT, 'the record of what was done is never changed');
  END;
  CREATE TRIGGER events_stay BEFORE DELETE ON events
  BEGIN
    SELECT RAISE(ABORT, 'the record of what was done is never shortened');
  END;`,
  LINES_STEP,
  REVOCATIONS_STEP,
  KEYS_STEP,
];

/** Marks a SQLite file as a ledger of ours (its application_id): "SAMI". */
export const APPLICATION_ID: number = 0x53414d49;
