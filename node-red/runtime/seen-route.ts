import type { Node, NodeAPI } from 'node-red';
import {
	CoreError,
	listRequests,
	processShared,
	type HeldReceiver,
	type Pipeline,
	type RecentRequest,
	type SecretsInUse,
} from '../../core/index';
import { deployedNode, NOT_DEPLOYED } from './deployed-nodes';

/** What a running receiver has seen, for its dialog: no secret, no body. */
export interface Seen extends Partial<
	Pick<HeldReceiver, 'accepted' | 'refused' | 'limited' | 'duplicates' | 'replays'>
> {
	readonly requests: readonly RecentRequest[];
	readonly secretUse?: SecretsInUse;
	/** When the secret of the URL was renewed last: the dialog does not know the one that counts. */
	readonly urlSecretRenewedAt?: number;
	/** Rows that are not delivered yet, dead letters among them, by the id of the buffer; where it has any. */
	readonly rows?: Readonly<Record<string, number>>;
}

/** A node whose requests can be looked at. */
export interface SeeingNode extends Node {
	/** @throws CoreError where its receiver is not attached */
	seen?(): Promise<Seen>;
}

export async function seenBy(pipeline: Pipeline, receiverId: string): Promise<Seen> {
	const { requests } = await listRequests(pipeline, receiverId);
	const rows = await rowsOf(pipeline, receiverId);
	const held = pipeline.held().receivers.find(({ id }) => id === receiverId);
	if (!held) return { requests, rows };
	const { accepted, refused, limited, duplicates, replays, secretUse, urlSecretRenewedAt } = held;
	return {
		...{ accepted, refused, limited, duplicates, replays, requests, rows },
		...(secretUse ? { secretUse } : {}),
		...(urlSecretRenewedAt === undefined ? {} : { urlSecretRenewedAt }),
	};
}

async function rowsOf({ store }: Pipeline, receiverId: string): Promise<Record<string, number>> {
	const found: Record<string, number> = Object.create(null);
	for (const { exportId, rows, openRows, deadRows } of await store.counters()) {
		const amount = rows + openRows + deadRows;
		const isMine = exportId.startsWith(`${receiverId}/`);
		if (isMine && amount > 0) found[exportId.slice(receiverId.length + 1)] = amount;
	}
	return found;
}

/** A process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('seen-requests', () => new WeakSet());
}

/** `GET sluice/seen/<node>` of the admin API: the last requests of a deployed receiver. For whoever may deploy, since senders are named. */
export function serveSeen(RED: NodeAPI): void {
	if (served().has(RED.httpAdmin)) return;
	served().add(RED.httpAdmin);
	RED.httpAdmin.get(
		'/sluice/seen/:id',
		RED.auth.needsPermission('flows.write'),
		(request, response, next) => {
			answerSeen(RED, String(request.params['id'])).then(
				(answer) => void response.json(answer),
				next,
			);
		},
	);
}

/** @throws what is no error of the node */
export async function answerSeen(
	RED: Pick<NodeAPI, 'nodes' | 'httpAdmin'>,
	id: string,
): Promise<Seen | { readonly error: string }> {
	const { node } = deployedNode<SeeingNode>(RED, id) ?? {};
	if (!node?.seen) return { error: NOT_DEPLOYED };
	try {
		return await node.seen();
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { error: error.message };
	}
}
