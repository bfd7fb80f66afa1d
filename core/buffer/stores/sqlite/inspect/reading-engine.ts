import { LatestOfGroup } from '../../latest-codec';
import { StoreTime } from '../../store-time';
import { type Engine, loadExports } from '../engine';
import { readMeta } from '../open-database';
import type { Untouched } from './open-untouched';

/** The plain data of a store that is only read: what the store's own readers need of an engine. */
export function readingEngine(
	{ connection, directory }: Pick<Untouched, 'connection' | 'directory'>,
	nowAt: number,
): Engine {
	const { meta, past } = readMeta(connection);
	const exports = loadExports(connection);
	return {
		connection,
		meta,
		time: new StoreTime({ wallAt: nowAt }, past),
		exports: new Map(exports.map((e) => [e.exportId, e])),
		exportsById: new Map(exports.map((e) => [e.number, e])),
		exportsByReceiver: new Map(),
		leases: new Map(),
		builders: new Map(),
		latest: new LatestOfGroup(),
		changed: new Set(),
		quarantineDirectory: directory,
		begin() {
			throw new Error('a store that is only looked at is not written');
		},
		warn() {},
	};
}
