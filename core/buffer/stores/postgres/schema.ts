/**
 * Tables of the store (S55). What is changed here or in row-codec.ts raises FORMAT.
 * `@name` stands for the table in the store's own schema. chunk.body is laid out by row-codec.ts, latest.body by latest-codec.ts; keys are
 * bytea, since text cannot hold every string. Instants named at are as the row says, all others store time.
 *
 * A chunk belongs to one batch or to none: a cut inside a chunk makes two of it (`sub` keeps them in order). Rows go with the
 * settlement of their batch, and autovacuum is told to follow closely; ADR 6 says why there are no partitions (S60).
 */
export const SCHEMA = `
CREATE TABLE @meta (
	id integer PRIMARY KEY CHECK (id = 1),
	store_id text NOT NULL,
	created_at double precision NOT NULL,
	format integer NOT NULL,
	last_seen_at double precision NOT NULL,
	quarantined_rows bigint NOT NULL,
	-- How long the store has lived, by which rows and dead letters age (store-time.ts).
	lived_at double precision NOT NULL DEFAULT 0,
	-- What is added to the server's clock since it was set back (store-clock.ts).
	clock_offset_ms double precision NOT NULL DEFAULT 0
);

-- Where store time ran ahead of the time lived.
CREATE TABLE @lived_mark (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at double precision NOT NULL,
	lived_at double precision NOT NULL
);

CREATE SEQUENCE @export_version;
CREATE TABLE @export (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	-- New with every change of this row but next_row_id: what a process has read is still true while it is the same.
	version bigint NOT NULL,
	config text NOT NULL,
	state text NOT NULL,
	is_draining boolean NOT NULL,
	is_removed boolean NOT NULL,
	fingerprint text NOT NULL,
	revision integer NOT NULL,
	next_row_id bigint NOT NULL,
	-- Its settlements take the claim lock then (I22).
	is_by_key boolean NOT NULL DEFAULT false
);

CREATE TABLE @revision (
	export integer NOT NULL,
	number integer NOT NULL,
	output text NOT NULL,
	columns text,
	PRIMARY KEY (export, number)
);

-- Several slots per export, one per process, so that no row is hot (S56). Only their sum means anything.
CREATE TABLE @counter (
	export integer NOT NULL,
	slot smallint NOT NULL,
	rows bigint NOT NULL,
	bytes bigint NOT NULL,
	held_rows bigint NOT NULL,
	held_bytes bigint NOT NULL,
	open_batches bigint NOT NULL,
	open_rows bigint NOT NULL,
	open_bytes bigint NOT NULL,
	dead_batches bigint NOT NULL,
	dead_rows bigint NOT NULL,
	dead_bytes bigint NOT NULL,
	accepted bigint NOT NULL,
	acked bigint NOT NULL,
	dropped bigint NOT NULL,
	dropped_since bigint NOT NULL,
	purged bigint NOT NULL,
	buried bigint NOT NULL,
	PRIMARY KEY (export, slot)
) WITH (fillfactor = 50);

CREATE SEQUENCE @chunk_seq;
CREATE TABLE @chunk (
	export integer NOT NULL,
	seq bigint NOT NULL DEFAULT nextval('@chunk_seq'),
	sub integer NOT NULL DEFAULT 0,
	n integer NOT NULL,
	bytes bigint NOT NULL,
	at double precision NOT NULL,
	last_at double precision NOT NULL,
	arrived_at double precision NOT NULL,
	revision integer NOT NULL,
	crc bigint NOT NULL,
	body_bytes integer NOT NULL,
	-- The batch that has its rows; NULL while they wait (S57).
	batch bigint,
	-- The key that its rows wait for, where a claim has passed them over (I22).
	hold bytea,
	row_id bigint NOT NULL DEFAULT 0,
	body bytea NOT NULL,
	PRIMARY KEY (export, seq, sub)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
ALTER TABLE @chunk ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX chunk_waiting ON @chunk (export, seq, sub) WHERE batch IS NULL AND hold IS NULL;
CREATE INDEX chunk_held ON @chunk (export, seq, sub) WHERE hold IS NOT NULL;
CREATE INDEX chunk_of_key ON @chunk (export, hold, seq, sub) WHERE hold IS NOT NULL;
CREATE INDEX chunk_of_batch ON @chunk (batch, seq, sub) WHERE batch IS NOT NULL;

CREATE TABLE @batch (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	export integer NOT NULL,
	revision integer NOT NULL,
	n integer NOT NULL,
	bytes bigint NOT NULL,
	first_at double precision NOT NULL,
	last_at double precision NOT NULL,
	arrived_at double precision NOT NULL,
	state text NOT NULL,
	reason text NOT NULL,
	token integer NOT NULL,
	owner text,
	lease_ms double precision,
	-- NULL: nobody has it.
	lease_until double precision,
	-- Row id of its first row, by which strict order goes (S35); the largest safe integer before the first claim.
	first_row bigint NOT NULL,
	attempts integer NOT NULL,
	next_at double precision NOT NULL,
	dead_at double precision NOT NULL,
	-- Why it was retried or put aside (kept-failure.ts).
	error_at double precision,
	error_code text,
	error_message text,
	answer_status integer,
	answer_text text,
	-- Of a dead letter the whole text where that is longer, and what of it counts for the quota.
	answer text,
	answer_bytes integer NOT NULL DEFAULT 0,
	origin bigint,
	-- The random part of its key (batch-key.ts): whatever makes a batch makes it a key of its own.
	salt text NOT NULL DEFAULT right(replace(gen_random_uuid()::text, '-', ''), 16),
	-- Under order key (I22) the batch that its rows were in first, where it is another one; whether its keys are in busy_key; whether
	-- an earlier batch, left by another order, has one of them.
	place bigint,
	is_keyed boolean NOT NULL DEFAULT false,
	is_blocked boolean NOT NULL DEFAULT false
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX batch_due ON @batch (export, next_at, id) WHERE state = 'open';
CREATE INDEX batch_first ON @batch (export, first_at) WHERE state = 'open';
CREATE INDEX batch_order ON @batch (export, first_row, id) WHERE state = 'open';
CREATE INDEX batch_age ON @batch (export, arrived_at) WHERE state = 'open';
CREATE INDEX batch_leased ON @batch (export, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX batch_failed ON @batch (export, error_at, id) WHERE error_at IS NOT NULL;
CREATE INDEX batch_blocked ON @batch (export) WHERE is_blocked;
CREATE INDEX batch_dead ON @batch (dead_at, id) WHERE state = 'dead';
CREATE INDEX batch_dead_of_export ON @batch (export, dead_at, id) WHERE state = 'dead';

-- Keys that open batches have, and those that rows are held for, with the place of the first of them (I22).
CREATE TABLE @busy_key (
	export integer NOT NULL,
	key bytea NOT NULL,
	batch bigint NOT NULL,
	place bigint NOT NULL,
	PRIMARY KEY (export, key, batch)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX busy_key_of_batch ON @busy_key (batch);
CREATE TABLE @held_key (
	export integer NOT NULL,
	key bytea NOT NULL,
	is_ready boolean NOT NULL,
	seq bigint NOT NULL,
	sub integer NOT NULL,
	PRIMARY KEY (export, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX held_key_ready ON @held_key (export, seq, sub) WHERE is_ready;

CREATE TABLE @dedupe (
	receiver bytea NOT NULL,
	key bytea NOT NULL,
	until double precision NOT NULL,
	PRIMARY KEY (receiver, key)
);
CREATE INDEX dedupe_until ON @dedupe (until);

CREATE SEQUENCE @latest_updated;
CREATE TABLE @latest (
	receiver text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	at double precision NOT NULL,
	-- Rises with each update: the smallest of a receiver goes first.
	updated bigint NOT NULL DEFAULT nextval('@latest_updated'),
	crc bigint NOT NULL,
	body bytea NOT NULL,
	PRIMARY KEY (receiver, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
ALTER TABLE @latest ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TABLE @latest_dropped (
	receiver text COLLATE "C" PRIMARY KEY,
	dropped bigint NOT NULL
);

-- Damaged chunks as they were found (S50).
CREATE TABLE @quarantine (
	export integer NOT NULL,
	seq bigint NOT NULL,
	sub integer NOT NULL,
	n integer NOT NULL,
	found_at double precision NOT NULL,
	crc bigint NOT NULL,
	body bytea NOT NULL
);

-- Small durable state (buffer/documents.ts). Ids compare as bytes, whatever the database's collation is.
CREATE SEQUENCE @document_revision;
CREATE TABLE @document (
	collection text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	revision bigint NOT NULL,
	crc bigint NOT NULL,
	body bytea NOT NULL,
	PRIMARY KEY (collection, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
`;

/** What this release writes and reads. Any other is ERR_STORE_VERSION (S17). */
export const FORMAT = 12;
