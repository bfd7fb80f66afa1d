import type { Node, NodeAPI } from 'node-red';
import {
	CoreError,
	processShared,
	type GivenEvent,
	type Tested,
	type TestedReceiver,
} from '../../core/index';
import { deployedNode, NOT_DEPLOYED, offerToDialog } from './deployed-nodes';

/** A node whose destination can be tested, or that is a receiver. */
export interface TestableNode extends Node {
	/** By the configuration that is deployed, with the secrets that are. @throws as core's testDelivery and testReceiver */
	testDeployed?(given: GivenEvent, signal: AbortSignal): Promise<Tested | TestedReceiver>;
}

export type TestAnswer =
	Tested | TestedReceiver | { readonly error: string; readonly code?: string };

/** Lets a node be tested from its dialog, until the returned function is called. */
export function offerTest(
	RED: Pick<NodeAPI, 'httpAdmin'>,
	node: TestableNode & { _alias?: string },
	test: NonNullable<TestableNode['testDeployed']>,
): () => void {
	node.testDeployed = test;
	return offerToDialog(RED, node);
}

/** A process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('test-deliveries', () => new WeakSet());
}

/**
 * `POST sluice/test-delivery` of the admin API, `{node, sample?, event?}`: sends one event to the destination of a deployed node, or into a receiver. It names
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
	RED: Pick<NodeAPI, 'nodes' | 'httpAdmin'>,
	body: unknown,
	signal: AbortSignal,
): Promise<{ status: number; answer: TestAnswer }> {
	const { node: id, sample, event } = Object(body) as Record<string, unknown>;
	if (typeof id !== 'string' || (sample !== undefined && typeof sample !== 'string'))
		return {
			status: 400,
			answer: { error: 'expected JSON such as {"node": "…", "sample": "touch"}' },
		};
	const { node, instances } = deployedNode<TestableNode>(RED, id) ?? {};
	if (!node?.testDeployed) return { status: 200, answer: { error: NOT_DEPLOYED } };
	try {
		const tested = await node.testDeployed({ sample, event }, signal);
		const where = instances === undefined ? '' : placeOf(RED, node, instances);
		return { status: 200, answer: { ...tested, says: where + tested.says } };
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { status: 400, answer: { error: error.message, code: error.code } };
	}
}

/** In which of several instances of its subflow a node was tested: they may differ by their properties. */
function placeOf(RED: Pick<NodeAPI, 'nodes'>, { z }: TestableNode, count: number): string {
	let name = z;
	RED.nodes.eachNode((one) => {
		if (one.id === z) name = one.name || z;
	});
	const others =
		count === 1
			? ''
			: `, one of ${count} that run; sluice control tests any of them, by the name of its buffer`;
	return `In the instance "${name}" of the subflow${others}: `;
}
