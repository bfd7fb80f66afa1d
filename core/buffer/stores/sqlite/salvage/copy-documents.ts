import { isSoundDocument } from '../../document-seal';
import type { Connection } from '../connection';
import type { DamagedTables } from './damaged-tables';
import type { Value } from './read-records';

/** Documents that were found. */
export interface FoundDocuments {
	readonly saved: number;
	/** Of them those whose checksum does not fit: they are told as damaged when they are read (S50). */
	readonly damaged: number;
}

/** A page that is no longer in use may hold one as it was before. */
const KEEP_NEWEST = `
	INSERT INTO document (collection, id, revision, crc, body) VALUES (?, ?, ?, ?, ?)
	ON CONFLICT (collection, id) DO UPDATE SET revision = excluded.revision, crc = excluded.crc, body = excluded.body
	WHERE excluded.revision > revision`;

/** Those whose checksum fits first: a damaged one stands only where there is no other. */
export function copyDocuments(from: DamagedTables, to: Connection): FoundDocuments {
	for (const row of from.read('document')) if (isSound(row)) to.run(KEEP_NEWEST, ...row);
	let damaged = 0;
	for (const row of from.read('document')) {
		if (!isSound(row))
			damaged += to.run('INSERT OR IGNORE INTO document VALUES (?, ?, ?, ?, ?)', ...row);
	}
	const saved = Number(to.get('SELECT count(*) AS n FROM document')?.n ?? 0);
	return { saved, damaged };
}

function isSound([collection, id, revision, crc, body]: readonly Value[]): boolean {
	return (
		Buffer.isBuffer(body) &&
		isSoundDocument(String(collection), {
			id: String(id),
			revision: Number(revision),
			crc: Number(crc),
			body,
		})
	);
}
