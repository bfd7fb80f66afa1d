import { randomInt } from 'node:crypto';
import type { Peers } from '../../store';
import type { Connection } from '../../../postgres/connection';

/** Those of this schema: sessions that hold a lock in its class. */
const LIVING = `
SELECT objid::bigint AS name FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid::bigint = $1`;

/**
 * A lock that the session holds for as long as it stands: the server gives it up with the connection, however the process ended. Shared,
 * so that a connection made anew does not wait for the one that was lost.
 */
export function newPeer(lockClass: number): {
	readonly statement: string;
	peers(connection: Connection): Peers;
} {
	const self = randomInt(1, 2 ** 31);
	return {
		statement: `SELECT pg_advisory_lock_shared(${lockClass}, ${self})`,
		peers: (connection) => ({
			self: String(self),
			async living() {
				// Classes are read as unsigned numbers.
				const found = await connection.query<{ name: number }>(LIVING, [lockClass >>> 0]);
				return new Set(found.map(({ name }) => String(name)));
			},
		}),
	};
}
