import type { Node, NodeAPI } from 'node-red';
import {
	ConfigError,
	CoreError,
	dryRunSettings,
	fullExportId,
	lastSample,
	processShared,
	trySample,
	type DryRan,
	type LastSample,
	type Pipeline,
} from '../../core/index';
import { deployedNode, NOT_DEPLOYED, offerToDialog } from './deployed-nodes';

/** A node whose mapping is edited by what came to it. */
export interface MappedNode extends Node {
	/** Where it is attached, and as what: the id that its buffers are known by. */
	mapped?: { readonly pipeline: Pipeline; readonly receiverId: string };
}

interface Refused {
	readonly error: string;
}

/** Lets the dialog of a node read its last event, and try a changed mapping with what it keeps, until the returned function is called. */
export function offerSample(
	RED: Pick<NodeAPI, 'httpAdmin'>,
	node: MappedNode,
	mapped: NonNullable<MappedNode['mapped']>,
): () => void {
	node.mapped = mapped;
	return offerToDialog(RED, node);
}

/** A process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('samples', () => new WeakSet());
}

/**
 * What dialogs ask while a mapping is edited, for whoever may deploy, since events are shown, and templates are evaluated.
 *
 * - `POST sluice/sample`: a pasted sample through settings that are not deployed (core's `trySample`)
 * - `GET sluice/sample/<node>`: the last event of a deployed node
 * - `POST sluice/dry-run`, `{node, buffer, mapping}`: what the kept events of a deployed buffer would become
 */
export function serveSamples(RED: NodeAPI): void {
	if (served().has(RED.httpAdmin)) return;
	served().add(RED.httpAdmin);
	const mayDeploy = RED.auth.needsPermission('flows.write');
	RED.httpAdmin.post('/sluice/sample', mayDeploy, (request, response, next) => {
		answered(trySample(request.body)).then((answer) => void response.json(answer), next);
	});
	RED.httpAdmin.get('/sluice/sample/:id', mayDeploy, (request, response, next) => {
		const id = String(request.params['id']);
		answerLastSample(RED, id).then((answer) => void response.json(answer), next);
	});
	RED.httpAdmin.post('/sluice/dry-run', mayDeploy, (request, response, next) => {
		answerDryRun(RED, request.body).then((answer) => void response.json(answer), next);
	});
}

/** @returns an empty object where no event has come @throws what is no error of the node */
export async function answerLastSample(
	RED: Pick<NodeAPI, 'nodes' | 'httpAdmin'>,
	id: string,
): Promise<Partial<LastSample> | Refused> {
	const { mapped } = deployedNode<MappedNode>(RED, id)?.node ?? {};
	if (!mapped) return { error: NOT_DEPLOYED };
	return answered(lastSample(mapped.pipeline, mapped.receiverId).then((found) => found ?? {}));
}

/** @param body as the request brought it @throws what is no error of the request or the node */
export async function answerDryRun(
	RED: Pick<NodeAPI, 'nodes' | 'httpAdmin'>,
	body: unknown,
): Promise<DryRan | Refused> {
	const { node: id, buffer, mapping } = Object(body) as Record<string, unknown>;
	if (typeof id !== 'string' || typeof buffer !== 'string')
		return { error: new ConfigError('node', 'the ids of a node and of its buffer').message };
	const { mapped } = deployedNode<MappedNode>(RED, id)?.node ?? {};
	if (!mapped) return { error: NOT_DEPLOYED };
	const { pipeline, receiverId } = mapped;
	return answered(dryRunSettings(pipeline, fullExportId({ receiverId, id: buffer }), mapping));
}

/** What somebody typed wrong is an answer like any other: of another status the browser would speak of a page that is broken. */
async function answered<T>(work: Promise<T>): Promise<T | Refused> {
	try {
		return await work;
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { error: error.message };
	}
}
