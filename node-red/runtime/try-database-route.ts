import type { NodeAPI } from 'node-red';
import { CoreError, processShared, tryDatabase, type TriedDatabase } from '../../core/index';
import type { DatabaseNode } from './database-node';

/** A process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('try-databases', () => new WeakSet());
}

/**
 * `POST sluice/try-database` of the admin API, `{node}`: whether a deployed database takes tables. As with tests of destinations it names a
 * node and takes no configuration: a deployed password never leaves to a host that somebody has only typed. For whoever may deploy.
 */
export function serveTryDatabase(RED: NodeAPI): void {
	if (served().has(RED.httpAdmin)) return;
	served().add(RED.httpAdmin);
	RED.httpAdmin.post(
		'/sluice/try-database',
		RED.auth.needsPermission('flows.write'),
		(request, response, next) => {
			const gone = new AbortController();
			response.on('close', () => gone.abort());
			const { node: id } = Object(request.body) as { node?: unknown };
			tryNode(RED, id, gone.signal).then((answer) => void response.json(answer), next);
		},
	);
}

/** @throws what is no error of the node or its database */
async function tryNode(
	RED: Pick<NodeAPI, 'nodes'>,
	id: unknown,
	signal: AbortSignal,
): Promise<TriedDatabase> {
	const node = typeof id === 'string' ? (RED.nodes.getNode(id) as DatabaseNode | null) : null;
	if (!node?.tableDatabase) return { isGood: false, says: NOT_DEPLOYED };
	try {
		return await tryDatabase(node.tableDatabase(), { signal });
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { isGood: false, says: error.message };
	}
}

const NOT_DEPLOYED = 'the database is not deployed, or disabled: deploy it, then test it';
