import { DOCUMENT_BOUNDS } from '../../documents';
import { type KeptDocument, sealDocument } from '../document-seal';
import { type DocumentKeeper, type DocumentPlace, requireRevision } from '../kept-documents';
import type { Connection, Query } from '../../../postgres/connection';

const SELECT_COLLECTIONS = 'SELECT DISTINCT collection FROM @document ORDER BY collection';
const SELECT_ONE =
	'SELECT id, revision, crc, body FROM @document WHERE collection = $1 AND id = $2';
/** The bytes of those before count, so that a first one of any size comes. */
const SELECT_PAGE = `
SELECT id, revision, crc, body FROM (
	SELECT *, sum(octet_length(body)) OVER (ORDER BY id) AS bytes FROM (
		SELECT id, revision, crc, body FROM @document WHERE collection = $1 AND id > $2 ORDER BY id LIMIT $3
	) AS chosen
) AS page WHERE bytes <= $4 OR bytes = octet_length(body) ORDER BY id`;
const LOCK = 'SELECT revision FROM @document WHERE collection = $1 AND id = $2 FOR UPDATE';
/** Nothing where another process was faster. */
const INSERT = `
INSERT INTO @document (collection, id, revision, crc, body) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (collection, id) DO NOTHING RETURNING revision`;
const UPDATE =
	'UPDATE @document SET revision = $3, crc = $4, body = $5 WHERE collection = $1 AND id = $2';
const DELETE = 'DELETE FROM @document WHERE collection = $1 AND id = $2';

/**
 * Who puts holds the row, so that of two processes the second one sees what the first one did; its revision is drawn then, so that
 * those of one document rise. They come from a sequence, which does not go back when a transaction does.
 */
export function keepInPostgres(connection: Connection): DocumentKeeper {
	return {
		async collections() {
			const found = await connection.query<{ collection: string }>(SELECT_COLLECTIONS);
			return found.map(({ collection }) => collection);
		},
		async get({ collection, id }) {
			const [found] = await connection.query<KeptRow>(SELECT_ONE, [collection, id]);
			return found;
		},
		list({ collection, after, limit }) {
			const { pageBytes } = DOCUMENT_BOUNDS;
			return connection.query<KeptRow>(SELECT_PAGE, [collection, after, limit, pageBytes]);
		},
		put: (o) => connection.transaction((query) => put(query, o)),
		remove: (o) =>
			connection.transaction(async (query) => {
				const revision = await lockRevision(query, o);
				requireRevision(o, o.ifRevision, revision);
				if (revision > 0) await query(DELETE, [o.collection, o.id]);
				return revision > 0;
			}),
	};
}

type KeptRow = KeptDocument & { body: Buffer };

async function put(
	query: Query,
	o: DocumentPlace & { body: Uint8Array; ifRevision: number | undefined },
): Promise<number> {
	const { collection, id, body, ifRevision } = o;
	for (;;) {
		const before = await lockRevision(query, o);
		requireRevision(o, ifRevision, before);
		const [drawn] = await query<{ revision: number }>(
			`SELECT nextval('@document_revision') AS revision`,
		);
		const revision = drawn?.revision ?? 0;
		const crc = sealDocument(collection, { id, revision, body });
		const values = [collection, id, revision, crc, body];
		if (before > 0) {
			await query(UPDATE, values);
			return revision;
		}
		if ((await query(INSERT, values)).length > 0) return revision;
	}
}

/** 0 where there is none. */
async function lockRevision(query: Query, { collection, id }: DocumentPlace): Promise<number> {
	const [found] = await query<{ revision: number }>(LOCK, [collection, id]);
	return found?.revision ?? 0;
}
