/** Marks a file as a sandbox's: "SAMs". */
export const APPLICATION_ID = 0x53414d73;

/** The steps from one version of the schema to the next. Times are milliseconds since 1970; hashes are SHA-256, hex. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE vendors (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, root TEXT NOT NULL, sha256 TEXT NOT NULL UNIQUE,
    further TEXT NOT NULL, added_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE device_types (
    id TEXT PRIMARY KEY, vendor TEXT NOT NULL REFERENCES vendors (id) ON DELETE CASCADE, name TEXT NOT NULL,
    issuer_dn TEXT NOT NULL, rsp INTEGER NOT NULL, created_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE users (
    uid TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL, password TEXT NOT NULL,
    created_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, uid TEXT NOT NULL REFERENCES users (uid) ON DELETE CASCADE, csrf TEXT NOT NULL,
    expires_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE applications (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, redirect_uris TEXT NOT NULL, created_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE codes (
    hash TEXT PRIMARY KEY, application TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    uid TEXT NOT NULL REFERENCES users (uid) ON DELETE CASCADE, redirect_uri TEXT NOT NULL, scope TEXT NOT NULL,
    challenge TEXT NOT NULL, family TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0, expires_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tokens (
    hash TEXT PRIMARY KEY, kind TEXT NOT NULL, uid TEXT NOT NULL REFERENCES users (uid) ON DELETE CASCADE,
    did TEXT, application TEXT, scope TEXT NOT NULL, family TEXT, used INTEGER NOT NULL DEFAULT 0,
    expires_ms INTEGER
  ) STRICT;
  CREATE INDEX tokens_did ON tokens (did) WHERE did IS NOT NULL;
  CREATE INDEX tokens_family ON tokens (family) WHERE family IS NOT NULL;
  CREATE TABLE registrations (
    rid TEXT PRIMARY KEY, dtid TEXT NOT NULL, vdid TEXT NOT NULL, sha256 TEXT NOT NULL, certificate TEXT NOT NULL,
    last_four TEXT NOT NULL, pin TEXT NOT NULL, nonce TEXT NOT NULL, status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, uid TEXT, name TEXT, did TEXT, created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX registrations_pin ON registrations (pin);
  CREATE INDEX registrations_sha256 ON registrations (sha256);
  CREATE TABLE wrong_pins (uid TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE devices (
    did TEXT PRIMARY KEY, dtid TEXT NOT NULL, uid TEXT NOT NULL REFERENCES users (uid) ON DELETE CASCADE,
    name TEXT NOT NULL, vdid TEXT, sha256 TEXT, certificate TEXT, hub TEXT, created_ms INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX devices_vdid ON devices (dtid, vdid) WHERE vdid IS NOT NULL;
  CREATE UNIQUE INDEX devices_sha256 ON devices (sha256) WHERE sha256 IS NOT NULL;
  CREATE INDEX devices_uid ON devices (uid);
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, mid TEXT NOT NULL UNIQUE, sdid TEXT NOT NULL, uid TEXT NOT NULL,
    ts INTEGER NOT NULL, received_ms INTEGER NOT NULL, data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messages_sdid ON messages (sdid, seq);
  CREATE TABLE refusals (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, what TEXT NOT NULL, status INTEGER NOT NULL,
    reason TEXT NOT NULL, subject TEXT, serial TEXT, sha256 TEXT, peer TEXT
  ) STRICT;
  `,
  `
  CREATE INDEX devices_hub ON devices (hub, created_ms) WHERE hub IS NOT NULL;
  DROP INDEX devices_uid;
  CREATE INDEX devices_uid ON devices (uid, created_ms);
  `,
];
