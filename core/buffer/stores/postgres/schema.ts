/**
 * Tables of the store (S55). A change is a new migration at the end, never an edit: names may grow, meanings may not.
 * `@name` stands for the table in the store's own schema. chunk.body and latest.row are laid out by row-codec.ts; keys are
 * bytea, since text cannot hold every string. Instants named at are as the row says, all others store time.
 *
 * A chunk belongs to one batch or to none: a cut inside a chunk makes two of it (`sub` keeps them in order). Rows go with the
 * settlement of their batch, and autovacuum is told to follow closely; ADR 6 says why there are no partitions (S60).
 */
const FIRST_FORMAT = `
CREATE TABLE @meta (
	id integer PRIMARY KEY CHECK (id = 1),
	store_id text NOT NULL,
	created_at double precision NOT NULL,
	format integer NOT NULL,
	last_seen_at double precision NOT NULL,
	quarantined_rows bigint NOT NULL
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
	next_row_id bigint NOT NULL
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
	open_batches bigint NOT NULL,
	open_rows bigint NOT NULL,
	open_bytes bigint NOT NULL,
	dead_batches bigint NOT NULL,
	dead_rows bigint NOT NULL,
	accepted bigint NOT NULL,
	acked bigint NOT NULL,
	dropped bigint NOT NULL,
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
	row_id bigint NOT NULL DEFAULT 0,
	body bytea NOT NULL,
	PRIMARY KEY (export, seq, sub)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
ALTER TABLE @chunk ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX chunk_waiting ON @chunk (export, seq, sub) WHERE batch IS NULL;
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
	error_code text,
	error_message text,
	origin bigint
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX batch_due ON @batch (export, next_at, id) WHERE state = 'open';
CREATE INDEX batch_order ON @batch (export, first_row, id) WHERE state = 'open';
CREATE INDEX batch_age ON @batch (export, arrived_at) WHERE state = 'open';
CREATE INDEX batch_leased ON @batch (export, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX batch_dead ON @batch (dead_at, id) WHERE state = 'dead';
CREATE INDEX batch_dead_of_export ON @batch (export, dead_at, id) WHERE state = 'dead';

CREATE TABLE @dedupe (
	receiver bytea NOT NULL,
	key bytea NOT NULL,
	until double precision NOT NULL,
	PRIMARY KEY (receiver, key)
);
CREATE INDEX dedupe_until ON @dedupe (until);

CREATE TABLE @latest (
	export integer NOT NULL,
	key bytea NOT NULL,
	revision integer NOT NULL,
	order_key bytea,
	-- The order key where it is a number.
	order_number double precision,
	crc bigint NOT NULL,
	row bytea NOT NULL,
	PRIMARY KEY (export, key)
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
`;

/** The random part of a batch's key (batch-key.ts). A batch that has none keeps the key it was given. */
const SECOND_FORMAT = `
ALTER TABLE @batch ADD COLUMN salt text NOT NULL DEFAULT '';
-- Whatever makes a batch makes it a key of its own.
ALTER TABLE @batch ALTER COLUMN salt SET DEFAULT right(replace(gen_random_uuid()::text, '-', ''), 16);
`;

/** Bytes of dead letters count for the quota (S43). What there is goes into one slot: only the sum of all means anything. */
const THIRD_FORMAT = `
ALTER TABLE @counter ADD COLUMN dead_bytes bigint NOT NULL DEFAULT 0;
UPDATE @counter c SET dead_bytes = d.bytes FROM (
	SELECT b.export, sum(b.bytes) AS bytes, (SELECT min(slot) FROM @counter o WHERE o.export = b.export) AS slot
	FROM @batch b WHERE b.state = 'dead' GROUP BY b.export
) d WHERE c.export = d.export AND c.slot = d.slot;
`;

/**
 * How long the store has lived, by which rows and dead letters age, and where store time ran ahead of it (store-time.ts); what is added to
 * the server's clock since it was set back (store-clock.ts).
 */
const FOURTH_FORMAT = `
ALTER TABLE @meta ADD COLUMN lived_at double precision NOT NULL DEFAULT 0;
ALTER TABLE @meta ADD COLUMN clock_offset_ms double precision NOT NULL DEFAULT 0;
CREATE TABLE @lived_mark (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at double precision NOT NULL,
	lived_at double precision NOT NULL
);
`;

/** Order keys that compare in every store alike (key-bytes.ts). What was stored is not to be compared with them: the next row wins. */
const FIFTH_FORMAT = `
UPDATE @latest SET order_key = NULL, order_number = NULL;
`;

/** Small durable state (buffer/documents.ts). Ids compare as bytes, whatever the database's collation is. */
const SIXTH_FORMAT = `
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

/** Position n brings a store of format n to format n + 1. */
export const MIGRATIONS: readonly string[] = [
	FIRST_FORMAT,
	SECOND_FORMAT,
	THIRD_FORMAT,
	FOURTH_FORMAT,
	FIFTH_FORMAT,
	SIXTH_FORMAT,
];

/** What this release writes. A newer one is ERR_STORE_VERSION (S17). */
export const FORMAT = MIGRATIONS.length;
