/** Revoked certificates, those on hold, and the CRLs that say so. */
export const REVOCATIONS_STEP: string = `CREATE TABLE revocations (
    certificate INTEGER PRIMARY KEY REFERENCES certificates (id),
    -- The certificate's, so that one issuer's are found without the others'.
    issuer INTEGER NOT NULL REFERENCES issuers (id),
    -- RFC 5280, 5.3.1; 6 is certificateHold, the only one that can be taken back.
    reason INTEGER NOT NULL CHECK (reason IN (0, 1, 2, 3, 4, 5, 6, 9, 10)),
    revoked_ms INTEGER NOT NULL,
    -- Since when its key may be known to others.
    invalid_from_ms INTEGER,
    -- When this row was written.
    recorded_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX revocations_issuer ON revocations (issuer, certificate);
  CREATE INDEX revocations_time ON revocations (revoked_ms, certificate);
  CREATE TRIGGER revoked_stays BEFORE DELETE ON revocations WHEN OLD.reason <> 6
  BEGIN
    SELECT RAISE(ABORT, 'a revoked certificate stays revoked');
  END;
  CREATE TRIGGER revoked_is_kept BEFORE UPDATE ON revocations WHEN OLD.reason <> 6
  BEGIN
    SELECT RAISE(ABORT, 'a certificate is revoked once');
  END;

  -- A number is taken before the CRL is signed, and is never used again.
  CREATE TABLE crls (
    issuer INTEGER NOT NULL REFERENCES issuers (id),
    number INTEGER NOT NULL CHECK (number > 0),
    reserved_ms INTEGER NOT NULL,
    -- Set once the file is durable.
    published_ms INTEGER,
    this_update_ms INTEGER,
    next_update_ms INTEGER,
    entries INTEGER,
    sha256 BLOB CHECK (length(sha256) = 32),
    PRIMARY KEY (issuer, number),
    CHECK ((published_ms IS NULL) = (this_update_ms IS NULL) AND (published_ms IS NULL) = (next_update_ms IS NULL)
      AND (published_ms IS NULL) = (entries IS NULL) AND (published_ms IS NULL) = (sha256 IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER crls_stay BEFORE DELETE ON crls
  BEGIN
    SELECT RAISE(ABORT, 'the number of a CRL is never forgotten');
  END;
  CREATE TRIGGER crls_are_kept BEFORE UPDATE ON crls WHEN OLD.published_ms IS NOT NULL
  BEGIN
    SELECT RAISE(ABORT, 'a CRL that was published is never changed');
  END;`;
