import type { NodeAPI, NodeDef } from 'node-red';
import {
	checkChoice,
	createTarget,
	ofEndpoint,
	inOrder,
	settleByPush,
	tokenState,
	withoutCredentials,
	type Event,
} from '../../core/index';
import { batchRequest } from '../runtime/batch-request';
import type { BatchMessage } from '../runtime/batch-message';
import { itemEvent } from '../runtime/item-event';
import { keptPart, keptSetting, type Kept } from '../runtime/kept-part';
import { attachOwnBuffer, type OwnBuffer, type Starting } from '../runtime/own-buffer';
import { rowEvents } from '../runtime/row-events';
import { startNode } from '../runtime/start-node';
import { takeBatches, type Delivered } from '../runtime/take-batches';
import { offerTest } from '../runtime/test-route';
import { datasetOf, type DatasetConfig } from './dataset';
import {
	endpointOf,
	inForward,
	type Destination,
	type Endpoint,
	type EndpointConfig,
} from './endpoint';
import type { ForwardNode } from './headers';
import { ownExport, type OwnExportConfig, type Send } from './own-export';

export interface ForwardNodeConfig
	extends NodeDef, EndpointConfig, Omit<DatasetConfig, keyof EndpointConfig>, OwnExportConfig {
	/** Default http. */
	readonly destination?: 'http' | 'opendatasoft';
	/** Of messages that are no batch. */
	readonly keep?: Kept;
}

const DESTINATIONS = ['http', 'opendatasoft'] as const;

type ForwardMessage = BatchMessage & { statusCode?: number };

/**
 * Fed with a batch that waits for its settlement: delivers it now and settles it by the answer, or takes its events over where the node
 * sends them one by one or collects them. Anything else goes into the node's own durable buffer, and from there to the endpoint by the
 * retry schedule.
 */
export function startForward(RED: NodeAPI, node: ForwardNode, config: ForwardNodeConfig): void {
	startNode(node, (status, onClose) => run({ RED, node, config, status, onClose }));
}

interface StartingForward extends Starting {
	readonly node: ForwardNode;
	readonly config: ForwardNodeConfig;
}

function run(o: StartingForward): void {
	const { RED, node, config } = o;
	const destination = checkChoice(config.destination ?? 'http', 'destination', DESTINATIONS);
	if (destination === 'opendatasoft') {
		// All events are collected here: they leave in order, as many in one request as it may carry.
		return forward(o, { to: datasetOf(RED, node, config), send: 'batch' });
	}
	const send = checkChoice(config.send ?? 'as', 'send', ['as', 'row', 'batch'] as const);
	const endpoint = endpointOf(RED, node, config);
	const deliver = send === 'as' ? deliverNow(o, endpoint('batch')) : undefined;
	forward(o, { to: endpoint(send === 'batch' ? 'batch' : 'row'), send, deliver });
}

/** @param deliver of batches that leave as they come */
function forward(
	o: StartingForward,
	{
		to: { sink, resolveSecret },
		send,
		deliver,
	}: {
		readonly to: Destination;
		readonly send: Send;
		readonly deliver?: ReturnType<typeof deliverNow> | undefined;
	},
): void {
	const { RED, node, config } = o;
	const keep = keptSetting(config.keep);
	const isWhole = config.sendCredentials === true;
	const settings = { ...config, send };
	const own = attachOwnBuffer({
		...o,
		input: ownExport(
			node.id,
			node.name || 'sluice forward',
			sink.kind === 'opendatasoft' ? inOrder(settings) : settings,
		),
		storeId: config.store,
		...{ sink, ports: { resolveSecret } },
		ofDialog: (work) => ofEndpoint(work, inForward),
	});
	o.onClose(offerTest(RED, node, own.test));
	/** What is kept here of a message; of a batch that comes as it is, all rows as one. */
	const eventsOf = (message: ForwardMessage): readonly Event[] => {
		const rows = deliver ? undefined : rowEvents(RED, message, isWhole);
		if (rows) return rows;
		const payload = isWhole ? message.payload : withoutCredentials(message.payload);
		return [itemEvent(RED, message, keptPart({ ...message, payload }, keep))];
	};
	takeBatches<ForwardMessage>(node, own.line, {
		deliver: deliver && ((message, token) => deliver(message, token, own)),
		keep: (message) => own.add(eventsOf(message)),
	});
}

/** Delivers a batch that waits for its settlement, now and in one request. */
function deliverNow({ onClose }: Starting, { sink, resolveSecret }: Endpoint) {
	const target = ofEndpoint(() => createTarget(sink, { resolveSecret }, ''), inForward);
	const closing = new AbortController();
	onClose(() => {
		closing.abort();
		target.close();
	});
	return async (message: ForwardMessage, token: string, own: OwnBuffer): Promise<Delivered> => {
		const { body, contentType } = batchRequest(message, sink);
		const bytes = Buffer.from(body as Uint8Array);
		const { outcome, response, isSettled } = await settleByPush(target, token, bytes, {
			idempotencyKey: message.sluice?.idempotencyKey,
			contentType,
			rows: message.sluice?.count,
			signal: closing.signal,
		});
		const isLate = !isSettled && tokenState(token) === 'again';
		if (outcome.kind !== 'ack') {
			// The error is told by whoever settles the batch, or once the own buffer has tried.
			if (isSettled) throw outcome.error;
			return isLate ? 'late' : 'untold';
		}
		if (response) message.statusCode = response.status;
		if (!isLate) own.line.delivered(message.sluice?.count ?? 1);
		return isLate ? 'deliveredLate' : 'delivered';
	};
}
