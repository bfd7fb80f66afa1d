import type { Node, NodeAPI } from 'node-red';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findLeftBehind, type Logger, type StoreOptions } from '../../core/index';

/**
 * Warns where rows of a node are that nothing delivers, since its store was changed: in the stores that are open, and in those of the
 * user folder. Never throws, and delays nobody.
 *
 * @param o.userStores the folder of the stores that have no directory of their own
 */
export async function warnOfFormerStores(o: {
	readonly node: Pick<Node, 'id' | 'warn'>;
	readonly store: StoreOptions;
	readonly userStores: string;
	readonly logger: Logger;
}): Promise<void> {
	const { node, store, userStores, logger } = o;
	try {
		const names = await readdir(userStores).catch(() => []);
		const found = await findLeftBehind({
			store,
			owners: [node.id, `items:${node.id}`],
			places: names.map((name) => ({ kind: 'sqlite', directory: path.join(userStores, name) })),
			logger,
		});
		for (const one of found) {
			// A store of somebody else that cannot be opened says nothing about this node.
			if ('error' in one) continue;
			node.warn(
				`events of this node are left in its former store ${one.place}, from which nothing delivers them: ` +
					`${one.waitingRows} waiting, ${one.deadRows} in dead letters. To deliver them choose that store, deploy, ` +
					'wait until the buffers are empty, and change it back; or stop Node-RED and move all of it (sluice store move).',
			);
		}
	} catch (error) {
		logger.warn(`could not look for events in former stores: ${String(error)}`);
	}
}

/** Where stores live that have no directory of their own. */
export function userStores(RED: NodeAPI): string {
	return path.join(RED.settings.userDir ?? process.cwd(), 'sluice');
}
