/**
 * Tables of the store (S19). chunk.body is laid out by row-codec.ts, latest.body by latest-codec.ts, chunk.crc by chunk-seal.ts. Instants named at are
 * as the row says, all others store time. What is changed here or there raises FORMAT.
 */
export const SCHEMA = `
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
	quarantined_rows INTEGER NOT NULL,
	-- The time that the store has lived, by which rows and dead letters age (store-time.ts).
	lived_at REAL NOT NULL,
	-- Of the newest document: a removed one leaves nothing, and revisions never repeat.
	document_revision INTEGER NOT NULL
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
	-- Why it was retried or put aside (kept-failure.ts).
	error_at REAL,
	error_code TEXT,
	error_message TEXT,
	answer_status INTEGER,
	answer_text TEXT,
	-- What counts for the quota of a dead letter's answer.
	answer_bytes INTEGER NOT NULL,
	origin INTEGER,
	-- The random part of its key (batch-key.ts).
	salt TEXT NOT NULL,
	-- The number of the batch that its rows were in first: it keeps that place among those of its keys (I22).
	place INTEGER NOT NULL
);

-- Rows before claim_seq that wait for their key (order: key), with the id that a former claim gave them, or 0.
CREATE TABLE held (
	export INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	row_id INTEGER NOT NULL,
	PRIMARY KEY (export, seq)
) WITHOUT ROWID;

-- The due batch of an export (S27).
CREATE INDEX batch_due ON batch (export, state, next_at, id);
-- The open batch of an export whose rows have waited longest.
CREATE INDEX batch_first ON batch (export, state, first_at, id);
-- Dead letters of all exports, oldest first.
CREATE INDEX batch_dead ON batch (dead_at, id) WHERE state = 'dead';
-- The newest failure of an export.
CREATE INDEX batch_failed ON batch (export, error_at, id) WHERE error_at IS NOT NULL;

-- Answers that are longer than what stands with their dead letter: apart, so that a batch is read without them and outlives them.
CREATE TABLE answer (
	batch INTEGER PRIMARY KEY,
	text TEXT NOT NULL
);

CREATE TABLE dedupe (
	receiver TEXT NOT NULL,
	key TEXT NOT NULL,
	until REAL NOT NULL,
	PRIMARY KEY (receiver, key)
) WITHOUT ROWID;
CREATE INDEX dedupe_until ON dedupe (until);

CREATE TABLE latest (
	receiver TEXT NOT NULL,
	key TEXT NOT NULL,
	at REAL NOT NULL,
	-- Rises with each update of the receiver's: the smallest goes first.
	updated INTEGER NOT NULL,
	crc INTEGER NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (receiver, key)
);
CREATE INDEX latest_updated ON latest (receiver, updated);
CREATE TABLE latest_dropped (
	receiver TEXT PRIMARY KEY,
	dropped INTEGER NOT NULL
) WITHOUT ROWID;

-- Repeats what no other page could tell if a page of export is damaged (S51): whose rows they are.
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

-- Where store time ran ahead of the time lived.
CREATE TABLE lived_mark (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at REAL NOT NULL,
	lived_at REAL NOT NULL
);

-- Small durable state (buffer/documents.ts).
CREATE TABLE document (
	collection TEXT NOT NULL,
	id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	crc INTEGER NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (collection, id)
);
`;

/** What this release writes and reads. Any other is ERR_STORE_VERSION (S17). */
export const FORMAT = 12;
