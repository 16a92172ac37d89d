/** What a StoredRow is taken from beside `c`: its batch, its revocation, and what it renews or replaces. */
export const JOINED: string = `LEFT JOIN batches b ON b.id = c.batch LEFT JOIN certificates r ON r.id = c.renews
    LEFT JOIN certificates p ON p.id = c.replaces LEFT JOIN revocations v ON v.certificate = c.id`;
const FROM = `FROM certificates c ${JOINED} LEFT JOIN certificate_der d ON d.certificate = c.id`;

/** The columns of a StoredRow, but for the DER, taken from `c` and JOINED. */
export const COLUMNS: string = `c.id, c.issuer, c.serial, c.name, c.state, c.batch, c.line, c.key_elsewhere,
    r.serial AS renews, p.serial AS replaces,
    CASE WHEN c.batch IS NULL THEN c.holder ELSE b.holder END AS holder, b.finished_ms AS batch_finished_ms,
    c.reserved_ms, c.issued_ms, c.spki_sha256, c.certificate_sha256, c.not_before_ms, c.not_after_ms,
    v.reason, v.revoked_ms, v.invalid_from_ms, v.recorded_ms`;

const ROW = `SELECT ${COLUMNS}, d.der ${FROM}`;
const SERIAL = "issuer = ? AND serial_length = length(?) AND serial = ?";
/** The serial `j` of a JSON of a chunk's serials; the issuer is the parameter ?1. */
const OF_CHUNK = `k.issuer = ?1 AND k.serial_length = length(j.value) AND k.serial = j.value`;
const ISSUER = "id, subject, spki_sha256, created_ms";
const BATCH = `id, issuer, input_digest, output, policy_digest, holder, begun_ms, finished_ms, summary, issued, refused,
    last_line, output_length, manifest_length`;

const EVENT = "id, at_ms, kind, issuer, serial, batch, digest, detail, hash";

type StatementName =
  | "newId"
  | "findIssuer"
  | "addIssuer"
  | "issuers"
  | "find"
  | "stands"
  | "findKey"
  | "reserve"
  | "takeOver"
  | "commit"
  | "addDer"
  | "release"
  | "abandon"
  | "findBatch"
  | "batchById"
  | "batches"
  | "heldBatches"
  | "addBatch"
  | "holdBatch"
  | "leaveBatch"
  | "finishBatch"
  | "ownBatch"
  | "advanceBatch"
  | "lastCertificate"
  | "reserveChunk"
  | "chunkRows"
  | "commitChunk"
  | "addChunkDer"
  | "releaseChunk"
  | "findNames"
  | "batchLines"
  | "successors"
  | "lines"
  | "lineOf"
  | "addLine"
  | "setLineSerials"
  | "setLineIssuer"
  | "dropLine"
  | "note"
  | "events"
  | "lastEvent"
  | "eventEnd"
  | "countIssued"
  | "integrity"
  | "foreignKeys";

/** What is asked of the database, by name. */
export const SQL: Readonly<Record<StatementName, string>> = {
  newId: "SELECT lower(hex(randomblob(8))) AS id",
  findIssuer: `SELECT ${ISSUER} FROM issuers WHERE spki_sha256 = ? AND subject = ?`,
  addIssuer: "INSERT INTO issuers (subject, spki_sha256, created_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  issuers: `SELECT ${ISSUER} FROM issuers ORDER BY id`,
  find: `${ROW} WHERE c.issuer = ? AND c.serial_length = length(?) AND c.serial = ?`,
  stands: `SELECT 1 AS stands FROM certificates WHERE ${SERIAL} AND state = 'issued' AND certificate_sha256 = ?
    AND id NOT IN (SELECT certificate FROM revocations WHERE certificate = certificates.id)`,
  // The newest that has the key.
  findKey: `${ROW} WHERE c.id = (SELECT max(id) FROM (
    SELECT id FROM certificates
      WHERE substr(spki_sha256, 1, 12) = substr(?1, 1, 12) AND spki_sha256 = ?1 AND renews IS NULL
    UNION ALL SELECT id FROM certificates WHERE spki_sha256 = ?1 AND renews IS NOT NULL))`,
  reserve: `INSERT INTO certificates (issuer, serial, name, state, holder, reserved_ms, spki_sha256, key_elsewhere,
      renews, replaces)
    VALUES (?, ?, ?, 'reserved', ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  successors: `${ROW} WHERE c.id IN (SELECT s.id FROM certificates e JOIN certificates s ON s.renews = e.id
      WHERE e.issuer = ?1 AND e.serial_length = length(?2) AND e.serial = ?2
    UNION ALL SELECT s.id FROM certificates e JOIN certificates s ON s.replaces = e.id
      WHERE e.issuer = ?1 AND e.serial_length = length(?2) AND e.serial = ?2) ORDER BY c.id`,
  // Only from the holder that was found to be gone: of two that take over, one finds another holder there.
  takeOver: `UPDATE certificates SET holder = ?, batch = NULL, line = NULL, reserved_ms = ?, spki_sha256 = ?,
      key_elsewhere = ?
    WHERE ${SERIAL} AND state = 'reserved' AND holder IS ?`,
  commit: `UPDATE certificates SET state = 'issued', holder = NULL, issued_ms = ?, certificate_sha256 = ?,
      not_before_ms = ?, not_after_ms = ?, spki_sha256 = ?
    WHERE ${SERIAL} AND state = 'reserved' AND holder = ? AND (renews IS NULL OR spki_sha256 = ?)`,
  addDer: `INSERT INTO certificate_der (certificate, der) SELECT id, ?4 FROM certificates
    WHERE issuer = ?1 AND serial_length = length(?2) AND serial = ?3`,
  release: `DELETE FROM certificates WHERE ${SERIAL} AND state = 'reserved' AND holder = ?`,
  abandon: `UPDATE certificates SET holder = NULL WHERE ${SERIAL} AND state = 'reserved' AND holder = ?`,

  findBatch: `SELECT ${BATCH} FROM batches
    WHERE output = ? AND input_digest = ? AND issuer = ? AND policy_digest = ?`,
  batchById: `SELECT ${BATCH} FROM batches WHERE id = ?`,
  batches: `SELECT ${BATCH} FROM batches ORDER BY id DESC`,
  heldBatches: `SELECT ${BATCH} FROM batches WHERE output = ? AND holder IS NOT NULL`,
  addBatch: `INSERT INTO batches (output, input_digest, issuer, policy_digest, holder, begun_ms)
    VALUES (?, ?, ?, ?, ?, ?)`,
  holdBatch: "UPDATE batches SET holder = ? WHERE id = ?",
  leaveBatch: "UPDATE batches SET holder = NULL WHERE id = ? AND holder = ?",
  finishBatch: `UPDATE batches SET holder = NULL, finished_ms = ?, summary = ?
    WHERE id = ? AND holder = ? AND finished_ms IS NULL`,
  ownBatch: "SELECT 1 AS own FROM batches WHERE id = ? AND holder = ? AND finished_ms IS NULL",
  advanceBatch: `UPDATE batches SET issued = issued + ?, refused = refused + ?, last_line = ?, output_length = ?,
      manifest_length = coalesce(?, manifest_length)
    WHERE id = ? AND holder = ? AND finished_ms IS NULL`,

  lastCertificate: "SELECT coalesce(max(id), 0) AS id FROM certificates",
  // ?4: JSON of the names; ?5, ?7: the serials and the lines, each as many octets of digits and spaces as ?6 and ?8 say;
  // ?9: the keys' digests, zeros where a row brings none, or null where no row does. In JSON each would be parsed by itself.
  reserveChunk: `INSERT INTO certificates (issuer, serial, name, state, batch, line, reserved_ms, spki_sha256,
      key_elsewhere)
    SELECT ?1, rtrim(CAST(substr(?5, j.key * ?6 + 1, ?6) AS TEXT)), j.value, 'reserved', ?2,
      CAST(CAST(substr(?7, j.key * ?8 + 1, ?8) AS TEXT) AS INTEGER), ?3,
      nullif(substr(?9, j.key * 32 + 1, 32), zeroblob(32)),
      nullif(substr(?9, j.key * 32 + 1, 32), zeroblob(32)) IS NOT NULL
    FROM json_each(?4) AS j WHERE true ON CONFLICT DO NOTHING`,
  chunkRows: `SELECT j.key AS place, ${COLUMNS} FROM json_each(?2) AS j CROSS JOIN certificates k
    JOIN certificates c ON c.id = k.id ${JOINED} WHERE ${OF_CHUNK}`,
  // The plus signs keep the planner from going through all of the batch.
  // j: JSON of the serials; ?7, ?8: for each its key's digest and its certificate's, 32 octets
  commitChunk: `UPDATE certificates SET state = 'issued', issued_ms = ?4, not_before_ms = ?5, not_after_ms = ?6,
      spki_sha256 = substr(?7, j.key * 32 + 1, 32), certificate_sha256 = substr(?8, j.key * 32 + 1, 32)
    FROM json_each(?2) AS j
    WHERE certificates.id = (SELECT k.id FROM certificates k WHERE ${OF_CHUNK})
      AND +certificates.state = 'reserved' AND +certificates.batch = ?3`,
  // j: JSON of the serials; ?3: all their DER; ?4: for each its offset, from 1, and its length, as digits of ?5 octets each
  addChunkDer: `INSERT INTO certificate_der (certificate, der)
    SELECT k.id, substr(?3, CAST(CAST(substr(?4, j.key * 2 * ?5 + 1, ?5) AS TEXT) AS INTEGER),
      CAST(CAST(substr(?4, (j.key * 2 + 1) * ?5 + 1, ?5) AS TEXT) AS INTEGER))
    FROM json_each(?2) AS j CROSS JOIN certificates k WHERE ${OF_CHUNK}`,
  releaseChunk: `DELETE FROM certificates WHERE +state = 'reserved' AND +batch = ?3 AND id IN (
    SELECT k.id FROM json_each(?2) AS j CROSS JOIN certificates k WHERE ${OF_CHUNK})`,
  lines: `SELECT l.name AS line_name, l.issuer AS line_issuer, l.serial_from, l.serial_to, ${COLUMNS}, d.der
    ${FROM} JOIN factory_lines l ON l.certificate = c.id ORDER BY l.id`,
  lineOf:
    "SELECT name, serial_from, serial_to FROM factory_lines WHERE issuer = ? AND serial_from IS NOT NULL",
  addLine: `INSERT INTO factory_lines (name, certificate, serial_from, serial_to)
    SELECT ?4, id, ?5, ?6 FROM certificates WHERE issuer = ?1 AND serial_length = length(?2) AND serial = ?3`,
  setLineSerials: `UPDATE factory_lines SET serial_from = ?4, serial_to = ?5 WHERE issuer IS NULL AND certificate =
    (SELECT id FROM certificates WHERE issuer = ?1 AND serial_length = length(?2) AND serial = ?3)`,
  setLineIssuer: `UPDATE factory_lines SET issuer = ?4 WHERE issuer IS NULL AND certificate =
    (SELECT id FROM certificates WHERE issuer = ?1 AND serial_length = length(?2) AND serial = ?3)`,
  dropLine: `DELETE FROM factory_lines WHERE certificate =
    (SELECT id FROM certificates WHERE issuer = ?1 AND serial_length = length(?2) AND serial = ?3)`,

  batchLines:
    "SELECT line, serial, name FROM certificates WHERE batch = ? AND line BETWEEN ? AND ? ORDER BY line",
  findNames: `SELECT c.name, c.serial FROM json_each(?2) AS j CROSS JOIN certificates c ON c.name = j.value
    WHERE c.issuer = ?1`,

  note: `INSERT INTO events (id, at_ms, kind, issuer, serial, batch, digest, detail, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  events: `SELECT ${EVENT} FROM events WHERE id > ? ORDER BY id LIMIT ?`,
  lastEvent: `SELECT ${EVENT} FROM events ORDER BY id DESC LIMIT 1`,
  // The sequence knows the highest number that there ever was.
  eventEnd: `SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0),
      coalesce((SELECT max(id) FROM events), 0)) AS written,
    (SELECT hash FROM events ORDER BY id DESC LIMIT 1) AS hash`,
  countIssued: "SELECT batch, count(*) AS count FROM certificates WHERE state = 'issued' GROUP BY batch",
  integrity: "PRAGMA integrity_check(100)",
  foreignKeys: "PRAGMA foreign_key_check",
};
