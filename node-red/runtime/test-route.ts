import type { Node, NodeAPI } from 'node-red';
import { CoreError, processShared, type Tested, type TestEvent } from '../../core/index';

/** A node whose destination can be tested. */
export interface TestableNode extends Node {
	/** By the configuration that is deployed, with the secrets that are. @throws as core's testDelivery */
	testDestination?(given: TestEvent, signal: AbortSignal): Promise<Tested>;
}

export type TestAnswer = Tested | { readonly error: string; readonly code?: string };

/** A process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('test-deliveries', () => new WeakSet());
}

/**
 * `POST sluice/test-delivery` of the admin API, `{node, sample?, event?}`: sends one event to the destination of a deployed node. It names
 * a node and takes no configuration: a deployed secret never leaves to an address that somebody has only typed. Whoever may deploy
 * may ask, since who can send requests with the secrets of a node can do no more than that.
 */
export function serveTestDelivery(RED: NodeAPI): void {
	if (served().has(RED.httpAdmin)) return;
	served().add(RED.httpAdmin);
	RED.httpAdmin.post(
		'/sluice/test-delivery',
		RED.auth.needsPermission('flows.write'),
		(request, response, next) => {
			const gone = new AbortController();
			response.on('close', () => gone.abort());
			testNode(RED, request.body, gone.signal).then(
				({ status, answer }) => void response.status(status).json(answer),
				next,
			);
		},
	);
}

/**
 * @param body as the request brought it
 * @param signal breaks the test off
 * @throws what is no error of the request or the node
 */
export async function testNode(
	RED: Pick<NodeAPI, 'nodes'>,
	body: unknown,
	signal: AbortSignal,
): Promise<{ status: number; answer: TestAnswer }> {
	const { node: id, sample, event } = Object(body) as Record<string, unknown>;
	if (typeof id !== 'string' || (sample !== undefined && typeof sample !== 'string'))
		return {
			status: 400,
			answer: { error: 'expected JSON such as {"node": "…", "sample": "touch"}' },
		};
	const node = RED.nodes.getNode(id) as TestableNode | null;
	if (!node?.testDestination) return { status: 404, answer: { error: NOT_DEPLOYED } };
	try {
		const answer = await node.testDestination({ sample, event }, signal);
		return { status: 200, answer };
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { status: 400, answer: { error: error.message, code: error.code } };
	}
}

const NOT_DEPLOYED =
	'the node is not deployed, is disabled, or cannot start: deploy it, and look at its status. A node within a subflow is tested by sluice control';
