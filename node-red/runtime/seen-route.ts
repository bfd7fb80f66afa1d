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

/** What a running receiver has seen, for its dialog: no secret, no body. */
export interface Seen extends Partial<
	Pick<HeldReceiver, 'accepted' | 'refused' | 'limited' | 'duplicates' | 'replays'>
> {
	readonly requests: readonly RecentRequest[];
	readonly secretUse?: SecretsInUse;
	/** When the secret of the URL was renewed last: the dialog does not know the one that counts. */
	readonly urlSecretRenewedAt?: number;
}

/** A node whose requests can be looked at. */
export interface SeeingNode extends Node {
	/** @throws CoreError where its receiver is not attached */
	seen?(): Promise<Seen>;
}

export async function seenBy(pipeline: Pipeline, receiverId: string): Promise<Seen> {
	const { requests } = await listRequests(pipeline, receiverId);
	const held = pipeline.held().receivers.find(({ id }) => id === receiverId);
	if (!held) return { requests };
	const { accepted, refused, limited, duplicates, replays, secretUse, urlSecretRenewedAt } = held;
	return {
		...{ accepted, refused, limited, duplicates, replays, requests },
		...(secretUse ? { secretUse } : {}),
		...(urlSecretRenewedAt === undefined ? {} : { urlSecretRenewedAt }),
	};
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

/** That a node is not deployed is an answer like any other: of another status the browser would speak of a page that is broken. @throws what is no error of the node */
export async function answerSeen(
	RED: Pick<NodeAPI, 'nodes'>,
	id: string,
): Promise<Seen | { readonly error: string }> {
	const node = RED.nodes.getNode(id) as SeeingNode | null;
	if (!node?.seen) return { error: NOT_DEPLOYED };
	try {
		return await node.seen();
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { error: error.message };
	}
}

const NOT_DEPLOYED =
	'the node is not deployed, is disabled, or cannot start: deploy it, and look at its status';
