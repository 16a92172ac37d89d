const ROW = `issuer, serial, name, state, holder, reserved_ms, issued_ms, spki_sha256, certificate_sha256, der,
  not_before_ms, not_after_ms`;

type StatementName =
  | "newId"
  | "findIssuer"
  | "addIssuer"
  | "find"
  | "findKey"
  | "reserve"
  | "takeOver"
  | "commit"
  | "release"
  | "abandon";

/** What is asked of the database; each is one transaction, and so one flush at most. */
export const SQL: Readonly<Record<StatementName, string>> = {
  newId: "SELECT lower(hex(randomblob(8))) AS id",
  findIssuer: "SELECT id FROM issuers WHERE spki_sha256 = ? AND subject = ?",
  addIssuer: `INSERT INTO issuers (subject, spki_sha256, created_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
  find: `SELECT ${ROW} FROM certificates WHERE issuer = ? AND serial = ?`,
  findKey: `SELECT ${ROW} FROM certificates WHERE spki_sha256 = ?`,
  reserve: `INSERT INTO certificates (issuer, serial, name, state, holder, reserved_ms, spki_sha256)
    VALUES (?, ?, ?, 'reserved', ?, ?, ?) ON CONFLICT DO NOTHING`,
  // Only from the holder that was found to be gone: of two that take over, one finds another holder there.
  takeOver: `UPDATE certificates SET holder = ?, reserved_ms = ?, spki_sha256 = ?
    WHERE issuer = ? AND serial = ? AND state = 'reserved' AND holder IS ?`,
  commit: `UPDATE certificates SET state = 'issued', holder = NULL, issued_ms = ?, spki_sha256 = ?,
    certificate_sha256 = ?, der = ?, not_before_ms = ?, not_after_ms = ?
    WHERE issuer = ? AND serial = ? AND state = 'reserved' AND holder = ?`,
  release: "DELETE FROM certificates WHERE issuer = ? AND serial = ? AND state = 'reserved' AND holder = ?",
  abandon: `UPDATE certificates SET holder = NULL WHERE issuer = ? AND serial = ? AND state = 'reserved' AND holder = ?`,
};
