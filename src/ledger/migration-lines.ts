/** Factory lines, and certificates that take the place of another with a new key. */
export const LINES_STEP: string = `CREATE TABLE factory_lines (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    -- The line's first certificate, or what is reserved for it.
    certificate INTEGER NOT NULL UNIQUE REFERENCES certificates (id),
    -- As which it issues; none until its certificate is there.
    issuer INTEGER UNIQUE REFERENCES issuers (id),
    -- The only serials that it may use, decimal digits; any where there are none.
    serial_from TEXT,
    serial_to TEXT,
    CHECK ((serial_from IS NULL) = (serial_to IS NULL))
  ) STRICT;
  CREATE TRIGGER lines_stay BEFORE DELETE ON factory_lines WHEN OLD.issuer IS NOT NULL
  BEGIN
    SELECT RAISE(ABORT, 'a line that was made is never forgotten');
  END;

  -- The earlier certificate of the same device, with another key; renews is one with the same.
  ALTER TABLE certificates ADD COLUMN replaces INTEGER REFERENCES certificates (id);
  CREATE INDEX certificates_replaces ON certificates (replaces) WHERE replaces IS NOT NULL;`;
