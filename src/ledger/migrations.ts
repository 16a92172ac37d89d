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

  CREATE TABLE certificates (
    id INTEGER PRIMARY KEY,
    issuer INTEGER NOT NULL REFERENCES issuers (id),
    -- Decimal digits without leading zeros: up to 20 octets are more than an INTEGER holds.
    serial TEXT NOT NULL CHECK (serial GLOB '[1-9]*' AND serial NOT GLOB '*[^0-9]*'),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued')),
    -- Which process has it reserved; none where it was given up.
    holder TEXT,
    reserved_ms INTEGER NOT NULL,
    issued_ms INTEGER,
    spki_sha256 BLOB UNIQUE CHECK (length(spki_sha256) = 32),
    certificate_sha256 BLOB CHECK (length(certificate_sha256) = 32),
    der BLOB,
    not_before_ms INTEGER,
    not_after_ms INTEGER,
    UNIQUE (issuer, serial),
    CHECK (state = 'reserved' OR (
      holder IS NULL AND issued_ms IS NOT NULL AND spki_sha256 IS NOT NULL AND certificate_sha256 IS NOT NULL
      AND der IS NOT NULL AND not_before_ms IS NOT NULL AND not_after_ms IS NOT NULL
    ))
  ) STRICT;

  CREATE TRIGGER issued_stays BEFORE DELETE ON certificates WHEN OLD.state = 'issued'
  BEGIN
    SELECT RAISE(ABORT, 'an issued certificate is never forgotten');
  END;`,
];

/** Marks a SQLite file as a ledger of ours (its application_id): "SAMI". */
export const APPLICATION_ID: number = 0x53414d49;
