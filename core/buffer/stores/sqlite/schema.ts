import { crc32 } from 'node:zlib';
import { type Connection, toBuffer, toNumber } from './connection';

/**
 * Tables of the store (S19). A change is a new migration at the end, never an edit: names may grow, meanings may not.
 * chunk.body and latest.row are laid out by row-codec.ts. Instants named at are as the row says, all others store time.
 */
const FIRST_FORMAT = `
CREATE TABLE meta (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	store_id TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	format INTEGER NOT NULL,
	commit_number INTEGER NOT NULL,
	appended_rows INTEGER NOT NULL,
	next_batch INTEGER NOT NULL,
	last_seen_at INTEGER NOT NULL,
	missing_rows INTEGER NOT NULL,
	quarantined_rows INTEGER NOT NULL
);

CREATE TABLE export (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	config TEXT NOT NULL,
	state TEXT NOT NULL,
	is_draining INTEGER NOT NULL,
	is_removed INTEGER NOT NULL,
	fingerprint TEXT NOT NULL,
	revision INTEGER NOT NULL,
	next_seq INTEGER NOT NULL,
	claim_seq INTEGER NOT NULL,
	next_row_id INTEGER NOT NULL,
	oldest_at REAL,
	arrived_at REAL,
	tally TEXT NOT NULL
);

CREATE TABLE revision (
	export INTEGER NOT NULL,
	number INTEGER NOT NULL,
	output TEXT NOT NULL,
	columns TEXT,
	PRIMARY KEY (export, number)
) WITHOUT ROWID;

-- Found by (export, seq) alone: claims walk it, settlements and reads look into it. The body comes last, so that headers are
-- read without it.
CREATE TABLE chunk (
	export INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	n INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	at REAL NOT NULL,
	last_at REAL NOT NULL,
	arrived_at REAL NOT NULL,
	revision INTEGER NOT NULL,
	crc INTEGER NOT NULL,
	left_rows INTEGER NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (export, seq)
);

-- parts: JSON [[seq of the first row, rows, row id of the first row or 0], …]; more than one after a split or a damaged chunk.
CREATE TABLE batch (
	id INTEGER PRIMARY KEY,
	export INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	parts TEXT NOT NULL,
	n INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	first_at REAL NOT NULL,
	last_at REAL NOT NULL,
	arrived_at REAL NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	token INTEGER NOT NULL,
	owner TEXT,
	attempts INTEGER NOT NULL,
	next_at REAL NOT NULL,
	dead_at REAL NOT NULL,
	error_code TEXT,
	error_message TEXT,
	origin INTEGER
);
-- The due batch of an export (S27).
CREATE INDEX batch_due ON batch (export, state, next_at, id);
-- Dead letters of all exports, oldest first.
CREATE INDEX batch_dead ON batch (dead_at, id) WHERE state = 'dead';

CREATE TABLE dedupe (
	receiver TEXT NOT NULL,
	key TEXT NOT NULL,
	until REAL NOT NULL,
	PRIMARY KEY (receiver, key)
) WITHOUT ROWID;
CREATE INDEX dedupe_until ON dedupe (until);

CREATE TABLE latest (
	export INTEGER NOT NULL,
	key TEXT NOT NULL,
	revision INTEGER NOT NULL,
	order_key TEXT,
	row BLOB NOT NULL,
	PRIMARY KEY (export, key)
);
`;

/**
 * Format 2: rows of `latest` carry a checksum, as chunks do; `spare` repeats what no other page could tell if a page of
 * `export` is damaged (S51): whose rows they are.
 */
const SECOND_FORMAT = `
ALTER TABLE latest ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;

CREATE TABLE spare (
	export INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	config TEXT NOT NULL,
	state TEXT NOT NULL,
	is_draining INTEGER NOT NULL,
	is_removed INTEGER NOT NULL,
	fingerprint TEXT NOT NULL,
	revision INTEGER NOT NULL
);
INSERT INTO spare (export, name, config, state, is_draining, is_removed, fingerprint, revision)
	SELECT id, name, config, state, is_draining, is_removed, fingerprint, revision FROM export;
`;

function toSecondFormat(connection: Connection): void {
	connection.exec(SECOND_FORMAT);
	const next = 'SELECT rowid AS id, row FROM latest WHERE rowid > ? ORDER BY rowid LIMIT 1';
	for (let row = connection.get(next, 0); row !== undefined;) {
		const id = toNumber(row.id);
		connection.run('UPDATE latest SET crc = ? WHERE rowid = ?', crc32(toBuffer(row.row)), id);
		row = connection.get(next, id);
	}
}

/** Format 5: bytes of dead letters count for the quota (S43), so the tally of an export has them. */
const FIFTH_FORMAT = `
UPDATE export SET tally = json_set(tally, '$.deadBytes',
	(SELECT coalesce(sum(bytes), 0) FROM batch WHERE export = export.id AND state = 'dead')) WHERE json_valid(tally)`;

/** Format 6: the time that the store has lived, by which rows and dead letters age (store-time.ts), and where store time ran ahead of it. */
const SIXTH_FORMAT = `
ALTER TABLE meta ADD COLUMN lived_at REAL NOT NULL DEFAULT 0;
CREATE TABLE lived_mark (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at REAL NOT NULL,
	lived_at REAL NOT NULL
);
`;

/** Format 7: small durable state (buffer/documents.ts). Revisions come from one counter, since a removed document leaves nothing. */
const SEVENTH_FORMAT = `
ALTER TABLE meta ADD COLUMN document_revision INTEGER NOT NULL DEFAULT 0;
CREATE TABLE document (
	collection TEXT NOT NULL,
	id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	crc INTEGER NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (collection, id)
);
`;

/** Position n brings a store of format n to format n + 1, in a transaction of who calls it. */
export const MIGRATIONS: readonly ((connection: Connection) => void)[] = [
	(connection) => connection.exec(FIRST_FORMAT),
	toSecondFormat,
	// Format 3: chunk.crc has a sum of the header above that of the body (chunk-seal.ts). Nothing to change: chunks without one stay.
	() => {},
	// Format 4: the random part of a batch's key (batch-key.ts). A batch that has none keeps the key it was given.
	(connection) => connection.exec(`ALTER TABLE batch ADD COLUMN salt TEXT NOT NULL DEFAULT ''`),
	(connection) => connection.exec(FIFTH_FORMAT),
	(connection) => connection.exec(SIXTH_FORMAT),
	(connection) => connection.exec(SEVENTH_FORMAT),
];

/** What this release writes. A newer one is ERR_STORE_VERSION (S17). */
export const FORMAT = MIGRATIONS.length;
