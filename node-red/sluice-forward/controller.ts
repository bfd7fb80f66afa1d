import type { NodeAPI, NodeDef, NodeMessage } from 'node-red';
import {
	createTarget,
	fullExportId,
	settleToken,
	toEndpoint,
	toExport,
	tokenState,
	withoutCredentials,
	type EndpointSettings,
	type ExportWithSink,
	type ResolveSecret,
	type SchemeSettings,
	type SinkConfig,
} from '../../core/index';
import { attachNode, nodeLogger } from '../runtime/attach';
import { rowsText } from '../runtime/batch-rows';
import { tokenOf, type BatchMessage } from '../runtime/batch-message';
import { onInput, type Worked } from '../runtime/input';
import { bodyOf, itemEvent } from '../runtime/item-event';
import type { SavedHeader } from '../runtime/forward-headers';
import { keptPart, keptSetting, type Kept } from '../runtime/kept-part';
import { followPipeline, type PipelineStatusLine } from '../runtime/pipeline-status';
import { signatureRefs } from '../runtime/schemes';
import { signatureSecret } from '../runtime/secrets';
import { startNode, type OnClose } from '../runtime/start-node';
import { translator, type StatusLine } from '../runtime/status';
import { headersOf, secretHeader, type ForwardNode } from './headers';

export interface ForwardNodeConfig extends NodeDef, EndpointSettings {
	readonly secret?: string;
	readonly signatures?: readonly SchemeSettings[];
	readonly headers?: readonly SavedHeader[];
	readonly retryDelays?: string;
	/** Of messages that are no batch. */
	readonly keep?: Kept;
	readonly store?: string;
}

type ForwardMessage = BatchMessage & { statusCode?: number };

/** Batches of more than this many messages at once would gain nothing over HTTP; fewer would let one slow answer hold up the rest. */
const MAX_IN_FLIGHT = 4;

/**
 * Fed with a batch that waits for its settlement: delivers it now and settles it by the answer. Fed with anything else: the
 * message goes into the node's own durable buffer, and from there to the endpoint by the retry schedule.
 */
export function startForward(RED: NodeAPI, node: ForwardNode, config: ForwardNodeConfig): void {
	startNode(node, (status, onClose) => run({ RED, node, config, status, onClose }));
}

interface Starting {
	readonly RED: NodeAPI;
	readonly node: ForwardNode;
	readonly config: ForwardNodeConfig;
	readonly status: StatusLine;
	readonly onClose: OnClose;
}

function run(o: Starting): void {
	const { RED, node, config, onClose } = o;
	const sink = sinkOf(RED, node, config);
	const resolveSecret: ResolveSecret = (name) =>
		signatureSecret(RED, name) ?? secretHeader(node, name);
	const target = createTarget(sink, { resolveSecret }, '');
	const closing = new AbortController();
	onClose(() => {
		closing.abort();
		target.close();
	});
	const own = ownBuffer(o, { sink: { ...sink, send: 'row' }, ports: { resolveSecret } });
	const { line } = own;
	const work = async (
		message: ForwardMessage,
		send: (message: ForwardMessage) => void,
	): Promise<Worked> => {
		const token = tokenOf(message);
		const state = token === undefined ? 'done' : tokenState(token);
		if (state === 'again') return 'late';
		// A batch that is done does not come again: what is still to be delivered of it has to be kept here.
		const isWhole = config.sendCredentials === true;
		const keep = (): Promise<void> => {
			const payload = isWhole ? message.payload : withoutCredentials(message.payload);
			return own.add({ ...message, payload });
		};
		if (token === undefined || state === 'done') return keep();
		const body =
			rowsText(message, isWhole) ??
			bodyOf(isWhole ? message.payload : withoutCredentials(message.payload));
		const { outcome, response } = await target.push(Buffer.from(body), {
			idempotencyKey: message.sluice?.idempotencyKey,
			signal: closing.signal,
		});
		const isReleased = closing.signal.aborted && outcome.kind !== 'ack';
		const isSettled = settleToken(token, isReleased ? { kind: 'release' } : outcome);
		const isLate = !isSettled && tokenState(token) === 'again';
		if (outcome.kind !== 'ack') {
			// The error is told by whoever settles the batch, or once the own buffer has tried.
			if (isSettled) throw outcome.error;
			return isLate ? 'late' : keep();
		}
		if (response) message.statusCode = response.status;
		if (!isLate) line.delivered(message.sluice?.count ?? 1);
		send(message);
		return isLate ? 'late' : undefined;
	};
	onInput(node, line, work, { settles: true });
}

interface OwnBuffer {
	readonly line: PipelineStatusLine;
	add(message: NodeMessage): Promise<void>;
}

/** Where plain messages wait for the endpoint; also delivers what an earlier run of the flow left behind. */
function ownBuffer(o: Starting, to: Omit<ExportWithSink, 'config'>): OwnBuffer {
	const { RED, node, config, status, onClose } = o;
	const label = node.name || 'sluice forward';
	const keep = keptSetting(config.keep);
	const who = { id: 'main', receiverId: `items:${node.id}`, label };
	const { retryDelays } = config;
	const input = {
		...toExport(who, { count: 1, time: '1s', retryDelays }),
		maxInFlight: MAX_IN_FLIGHT,
	};
	const exportId = fullExportId(input);
	const line = followPipeline(status, {
		owns: (id) => id === exportId,
		done: () => 'delivered',
		fault: () => undefined,
		translate: translator(RED),
	});
	onClose(() => line.close());
	let unsubscribe: () => void = () => {};
	onClose(() => unsubscribe());
	const attached = attachNode({
		RED,
		node,
		storeId: config.store,
		status,
		onClose,
		attach: (pipeline) =>
			pipeline.attachExport(
				{ config: input, ...to },
				{ key: node.id, label, logger: nodeLogger(node) },
			),
		onReady(pipeline) {
			line.follow(pipeline);
			unsubscribe = pipeline.subscribe((notice) => {
				if (notice.kind !== 'attempt' || notice.exportId !== exportId || notice.outcome !== 'ack')
					return;
				node.send({
					topic: label,
					payload: {
						delivered: notice.count,
						attempt: notice.number,
						durationMs: notice.durationMs,
					},
				});
			});
		},
	});
	return {
		line,
		async add(message) {
			const pipeline = await attached.pipeline();
			await pipeline.add(exportId, [itemEvent(RED, message, keptPart(message, keep))]);
		},
	};
}

function sinkOf(RED: NodeAPI, node: ForwardNode, config: ForwardNodeConfig): SinkConfig<'http'> {
	return {
		...toEndpoint(config),
		origin: 'literal',
		allowHttp: true,
		headers: headersOf(RED, node, config.headers),
		signatures: signatureRefs(RED, config.signatures, config.secret),
	};
}
