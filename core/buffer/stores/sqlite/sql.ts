/** Every statement of the sqlite store but its tables, one per constant, by table. */

// meta
export const HAS_META = `SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = 'meta'`;
export const SELECT_META = `SELECT * FROM meta WHERE id = 1`;
export const INSERT_META = `
	INSERT INTO meta (id, store_id, created_at, format, commit_number, appended_rows, next_batch, last_seen_at,
		missing_rows, quarantined_rows, lived_at, document_revision)
	VALUES (1, ?, ?, ?, 0, 0, 1, ?, 0, 0, 0, 0)`;
export const UPDATE_META = `
	UPDATE meta SET commit_number = ?, appended_rows = ?, next_batch = ?, last_seen_at = ?, missing_rows = ?,
		quarantined_rows = ?, lived_at = ?, document_revision = ? WHERE id = 1`;
export const SELECT_MARKS = `SELECT at, lived_at FROM lived_mark ORDER BY id`;
export const INSERT_MARK = `INSERT INTO lived_mark (at, lived_at) VALUES (?, ?)`;
export const DELETE_OLD_MARKS = `DELETE FROM lived_mark WHERE id <= (SELECT max(id) FROM lived_mark) - ?`;

// export
export const SELECT_EXPORTS = `SELECT * FROM export ORDER BY id`;
export const INSERT_EXPORT = `
	INSERT INTO export (name, config, state, is_draining, is_removed, fingerprint, revision, next_seq, claim_seq,
		next_row_id, tally)
	VALUES (?, '{}', '', 0, 1, '', 0, 1, 1, 1, '{}') RETURNING id`;
export const UPDATE_EXPORT_CONFIG = `
	UPDATE export SET config = ?, state = ?, is_draining = ?, is_removed = ?, fingerprint = ?, revision = ? WHERE id = ?`;
export const UPDATE_EXPORT_NUMBERS = `
	UPDATE export SET next_seq = ?, claim_seq = ?, next_row_id = ?, oldest_at = ?, arrived_at = ?, tally = ? WHERE id = ?`;
export const UPSERT_SPARE = `
	INSERT INTO spare (config, state, is_draining, is_removed, fingerprint, revision, export, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (export) DO UPDATE SET config = excluded.config, state = excluded.state, is_draining = excluded.is_draining,
		is_removed = excluded.is_removed, fingerprint = excluded.fingerprint, revision = excluded.revision`;

// revision
export const SELECT_REVISIONS = `SELECT number, output, columns FROM revision WHERE export = ?`;
export const INSERT_REVISION = `INSERT INTO revision (export, number, output, columns) VALUES (?, ?, ?, ?)`;
export const DELETE_UNUSED_REVISIONS = `
	DELETE FROM revision WHERE export = ?1 AND number <= ?2
		AND number NOT IN (SELECT revision FROM chunk WHERE export = ?1)
		AND number NOT IN (SELECT revision FROM batch WHERE export = ?1)`;

// chunk
export const INSERT_CHUNK = `
	INSERT INTO chunk (export, seq, n, bytes, at, last_at, arrived_at, revision, crc, left_rows, body)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
/** From the chunk that holds a sequence number, or the next one. */
export const SELECT_CHUNK_HEADERS = `
	SELECT seq, n, bytes, at, last_at, arrived_at, revision, crc, left_rows FROM chunk
	WHERE export = ?1
		AND seq >= coalesce((SELECT max(seq) FROM chunk WHERE export = ?1 AND seq <= ?2), 0)
		AND seq + n > ?2
		AND seq < ?3
	ORDER BY seq LIMIT ?4`;
export const SELECT_CHUNK_BODY = `SELECT body FROM chunk WHERE export = ? AND seq = ?`;
export const DELETE_WHOLE_CHUNKS = `
	DELETE FROM chunk WHERE export = ?1 AND seq >= ?2 AND seq < ?3 AND seq + n <= ?3 AND left_rows = n`;
export const UPDATE_CHUNK_LEFT = `UPDATE chunk SET left_rows = left_rows - ? WHERE export = ? AND seq = ?`;
export const SET_CHUNK_LEFT = `UPDATE chunk SET left_rows = ? WHERE export = ? AND seq = ?`;
export const DELETE_CHUNK = `DELETE FROM chunk WHERE export = ? AND seq = ?`;
export const DELETE_WAITING_CHUNKS = `DELETE FROM chunk WHERE export = ? AND seq >= ?`;
export const SUM_CHUNK_BYTES = `
	SELECT coalesce(sum(bytes), 0) AS bytes FROM chunk WHERE export = ? AND seq >= ?`;
export const SELECT_CHUNKS_AFTER = `
	SELECT seq, n, bytes, at, last_at, arrived_at, revision, crc, left_rows FROM chunk
	WHERE export = ? AND seq > ? ORDER BY seq LIMIT ?`;
/** Backwards from the chunk that ends at a sequence number, down to the one that holds another. */
export const SELECT_CHUNKS_BEFORE = `
	SELECT seq, n, bytes, at, last_at, arrived_at, revision, crc, left_rows FROM chunk
	WHERE export = ?1 AND seq < ?2
		AND seq >= coalesce((SELECT max(seq) FROM chunk WHERE export = ?1 AND seq <= ?3), ?3)
		AND seq + n > ?3
	ORDER BY seq DESC LIMIT ?4`;
export const SELECT_STRAY_CHUNKS = `
	SELECT count(*) AS n FROM chunk WHERE export NOT IN (SELECT id FROM export)`;

// batch
export const INSERT_BATCH = `
	INSERT INTO batch (id, export, revision, parts, n, bytes, first_at, last_at, arrived_at, state, reason, token, attempts,
		next_at, dead_at, error_at, error_code, error_message, answer_status, answer_text, answer_bytes, origin, salt, place)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
export const SELECT_BATCH = `SELECT * FROM batch WHERE id = ?`;
export const SELECT_DUE = `
	SELECT id, next_at FROM batch WHERE export = ? AND state = 'open' ORDER BY next_at, id LIMIT ?`;
export const SELECT_OLDEST_OPEN = `
	SELECT id, first_at FROM batch WHERE export = ? AND state = 'open' ORDER BY first_at, id LIMIT ?`;
/** Strict order is that of the rows (S35). The row id of the first part; 0 was never claimed and comes last. */
export const SELECT_FIRST_OPEN = `
	SELECT id, next_at FROM batch WHERE export = ? AND state = 'open'
	ORDER BY CASE json_extract(parts, '$[0][2]') WHEN 0 THEN 9e15 ELSE json_extract(parts, '$[0][2]') END, id LIMIT 1`;
export const SELECT_OPEN_OLDER = `
	SELECT id FROM batch WHERE export = ? AND state = 'open' AND arrived_at <= ? ORDER BY id`;
export const SELECT_OF_STATE = `SELECT id FROM batch WHERE export = ? AND state = ? ORDER BY id`;
export const SELECT_ALL_OF_EXPORT = `SELECT * FROM batch WHERE export = ? ORDER BY id`;
export const SELECT_FIRST_OF_STATE = `
	SELECT * FROM batch WHERE export = ? AND state = ? ORDER BY id LIMIT ?`;
export const SELECT_STRAY_BATCHES = `
	SELECT count(*) AS n FROM batch WHERE export NOT IN (SELECT id FROM export)`;
export const SELECT_OVERLAPPING = `
	SELECT * FROM batch WHERE export = ?1 AND EXISTS (
		SELECT 1 FROM json_each(parts) AS part
		WHERE json_extract(part.value, '$[0]') < ?3
			AND json_extract(part.value, '$[0]') + json_extract(part.value, '$[1]') > ?2)
	ORDER BY id`;
export const UPDATE_BATCH_CLAIMED = `
	UPDATE batch SET token = token + 1, attempts = attempts + 1, owner = ?, parts = ? WHERE id = ?`;
export const UPDATE_BATCH_RETRY = `
	UPDATE batch SET owner = NULL, next_at = ?, attempts = attempts - ?, error_at = ?, error_code = ?, error_message = ?,
		answer_status = ?, answer_text = ? WHERE id = ?`;
export const UPDATE_BATCH_RELEASED = `
	UPDATE batch SET owner = NULL, next_at = ?, attempts = attempts - 1 WHERE id = ?`;
export const UPDATE_BATCH_DEAD = `
	UPDATE batch SET owner = NULL, state = 'dead', dead_at = ?, error_at = ?, error_code = ?, error_message = ?, answer_status = ?,
		answer_text = ?, answer_bytes = ? WHERE id = ?`;
export const UPDATE_BATCH_PARTS = `
	UPDATE batch SET parts = ?, n = ?, bytes = ?, first_at = ?, last_at = ? WHERE id = ?`;
export const UPDATE_BATCH_DUE = `UPDATE batch SET next_at = ? WHERE id = ?`;
export const DELETE_BATCH = `DELETE FROM batch WHERE id = ?`;
export const SELECT_ANSWER = `SELECT text FROM answer WHERE batch = ?`;
export const INSERT_ANSWER = `INSERT INTO answer (batch, text) VALUES (?, ?)`;
export const DELETE_ANSWER = `DELETE FROM answer WHERE batch = ?`;
export const DELETE_STRAY_ANSWERS = `
	DELETE FROM answer WHERE batch NOT IN (SELECT id FROM batch WHERE state = 'dead')`;
export const SELECT_STRAY_ANSWERS = `
	SELECT count(*) AS n FROM answer WHERE batch NOT IN (SELECT id FROM batch WHERE state = 'dead')`;
export const SELECT_NEWEST_FAILURE = `
	SELECT error_at, error_code, error_message, answer_status, answer_text FROM batch
	WHERE export = ? AND error_at IS NOT NULL ORDER BY error_at DESC, id DESC LIMIT 1`;
export const SELECT_LATER = `
	SELECT id FROM batch WHERE export = ? AND state = 'open' AND next_at > ? ORDER BY id`;

// held
export const INSERT_HELD = `INSERT INTO held (export, seq, row_id) VALUES (?, ?, ?)`;
export const DELETE_HELD = `DELETE FROM held WHERE export = ? AND seq = ?`;
export const SELECT_HELD = `SELECT seq, row_id FROM held WHERE export = ? ORDER BY seq`;
export const SELECT_STRAY_HELD = `
	SELECT count(*) AS n FROM held WHERE export NOT IN (SELECT id FROM export)`;

// dead letters
export const SELECT_DEAD = `
	SELECT batch.*, text AS answer FROM batch LEFT JOIN answer ON answer.batch = id
	WHERE state = 'dead' ORDER BY dead_at, id LIMIT ? OFFSET ?`;
export const SELECT_DEAD_OF_EXPORT = `
	SELECT batch.*, text AS answer FROM batch LEFT JOIN answer ON answer.batch = id
	WHERE export = ? AND state = 'dead' ORDER BY dead_at, id LIMIT ? OFFSET ?`;
export const SELECT_DEAD_ONE = `
	SELECT batch.*, text AS answer FROM batch LEFT JOIN answer ON answer.batch = id WHERE id = ? AND state = 'dead'`;
export const SELECT_DEAD_SINCE = `
	SELECT id FROM batch WHERE export = ? AND state = 'dead' AND dead_at >= ? ORDER BY dead_at, id`;
export const SELECT_DEAD_BEFORE = `
	SELECT id FROM batch WHERE state = 'dead' AND dead_at <= ? ORDER BY dead_at, id LIMIT 1000`;

// dedupe
export const SELECT_KEY = `SELECT until FROM dedupe WHERE receiver = ? AND key = ?`;
export const UPSERT_KEY = `
	INSERT INTO dedupe (receiver, key, until) VALUES (?, ?, ?)
	ON CONFLICT (receiver, key) DO UPDATE SET until = excluded.until`;
export const SELECT_LIVE_KEYS = `
	SELECT key, until FROM dedupe WHERE receiver = ? AND key > ? AND until > ? ORDER BY key LIMIT ?`;
export const DELETE_OLD_KEYS = `
	DELETE FROM dedupe WHERE (receiver, key) IN (SELECT receiver, key FROM dedupe WHERE until <= ? ORDER BY until LIMIT ?)`;

// latest
export const SELECT_LATEST_AT = `SELECT at FROM latest WHERE receiver = ? AND key = ?`;
export const UPSERT_LATEST = `
	INSERT INTO latest (receiver, key, at, crc, body, updated)
	VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(updated), 0) + 1 FROM latest WHERE receiver = ?1))
	ON CONFLICT (receiver, key) DO UPDATE SET at = excluded.at, updated = excluded.updated, crc = excluded.crc, body = excluded.body`;
/** Sizes are known before bodies are read; a first one of any size comes. */
export const SELECT_LATEST = `
	SELECT key, at, crc, body FROM latest WHERE rowid IN (
		SELECT rowid FROM (
			SELECT rowid, length(body) AS size, sum(length(body)) OVER (ORDER BY key) AS bytes FROM latest
			WHERE receiver = ? AND key > ? ORDER BY key LIMIT ?
		) WHERE bytes <= ? OR bytes = size
	) ORDER BY key`;
export const SUM_LATEST = `SELECT count(*) AS n, coalesce(sum(length(body)), 0) AS bytes FROM latest WHERE receiver = ?`;
export const SELECT_OLDEST_LATEST = `
	SELECT key, length(body) AS size FROM latest WHERE receiver = ? ORDER BY updated LIMIT 1`;
export const DELETE_LATEST = `DELETE FROM latest WHERE receiver = ? AND key = ?`;
export const DELETE_LATEST_OF = `DELETE FROM latest WHERE receiver = ?`;
export const ADD_LATEST_DROPPED = `
	INSERT INTO latest_dropped (receiver, dropped) VALUES (?, ?)
	ON CONFLICT (receiver) DO UPDATE SET dropped = dropped + excluded.dropped`;
export const DELETE_LATEST_DROPPED = `DELETE FROM latest_dropped WHERE receiver = ?`;

// document
export const SELECT_COLLECTIONS = `SELECT DISTINCT collection FROM document ORDER BY collection`;
export const SELECT_DOCUMENT = `SELECT id, revision, crc, body FROM document WHERE collection = ? AND id = ?`;
export const SELECT_DOCUMENT_REVISION = `SELECT revision FROM document WHERE collection = ? AND id = ?`;
/** Sizes are known before bodies are read; a first one of any size comes. */
export const SELECT_DOCUMENTS = `
	SELECT id, revision, crc, body FROM document WHERE rowid IN (
		SELECT rowid FROM (
			SELECT rowid, length(body) AS size, sum(length(body)) OVER (ORDER BY id) AS bytes FROM document
			WHERE collection = ? AND id > ? ORDER BY id LIMIT ?
		) WHERE bytes <= ? OR bytes = size
	) ORDER BY id`;
export const UPSERT_DOCUMENT = `
	INSERT INTO document (collection, id, revision, crc, body) VALUES (?, ?, ?, ?, ?)
	ON CONFLICT (collection, id) DO UPDATE SET revision = excluded.revision, crc = excluded.crc, body = excluded.body`;
export const DELETE_DOCUMENT = `DELETE FROM document WHERE collection = ? AND id = ?`;
