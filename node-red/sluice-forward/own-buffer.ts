import type { NodeAPI, NodeDef } from 'node-red';
import {
	checkRows,
	createSink,
	fullExportId,
	inOrder,
	MAX_APPEND_EVENTS,
	ofEndpoint,
	testDelivery,
	toExport,
	type BufferSettings,
	type Event,
	type ExportInput,
} from '../../core/index';
import { attachNode, nodeLogger } from '../runtime/attach';
import { followPipeline, type PipelineStatusLine } from '../runtime/pipeline-status';
import type { OnClose } from '../runtime/start-node';
import { translator, type StatusLine } from '../runtime/status';
import type { TestableNode } from '../runtime/test-route';
import { inForward, type Destination } from './endpoint';
import type { ForwardNode } from './headers';

/**
 * What leaves in one request. as: a batch or a message, as it comes. row: each event of it. batch: as many events as the node has
 * collected.
 */
export type Send = 'as' | 'row' | 'batch';

export interface OwnBufferConfig extends BufferSettings {
	readonly send?: Send;
	readonly store?: string;
}

/** More messages under way at once would gain nothing over HTTP; fewer would let one slow answer hold up the rest. */
const IN_FLIGHT = 4;

/** At once where events are not collected. */
const AT_ONCE = { count: 1, time: '1s', idle: '' } as const;

export interface OwnBuffer {
	readonly line: PipelineStatusLine;
	/** Resolves when all of them are on disk. */
	add(events: readonly Event[]): Promise<void>;
	/** Sends one event to the endpoint; stores and counts nothing. */
	readonly test: NonNullable<TestableNode['testDeployed']>;
}

/** Where events wait for the endpoint; also delivers what an earlier run of the flow left behind. */
export function attachOwnBuffer(o: {
	readonly RED: NodeAPI;
	readonly node: ForwardNode;
	readonly config: NodeDef & OwnBufferConfig;
	readonly to: Destination;
	readonly status: StatusLine;
	readonly onClose: OnClose;
}): OwnBuffer {
	const { RED, node, config, to, status, onClose } = o;
	const label = node.name || 'sluice forward';
	const isDataset = to.sink.kind === 'opendatasoft';
	const input = exportOf(node.id, label, isDataset ? inOrder(config) : config);
	const exportId = fullExportId(input);
	const { output = 'event' } = input;
	// Attaching would find it later, and by core's names.
	ofEndpoint(() => {
		checkRows(to.sink, { ...input, output }, '');
		void createSink(to.sink, { resolveSecret: to.resolveSecret }, '').close?.();
	}, inForward);
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
				{ config: input, sink: to.sink, ports: { resolveSecret: to.resolveSecret } },
				{ key: node.id, label, logger: nodeLogger(node) },
			),
		onReady(pipeline) {
			line.follow(pipeline);
			unsubscribe = pipeline.subscribe((notice) => {
				if (notice.kind !== 'attempt' || notice.exportId !== exportId || notice.outcome !== 'ack')
					return;
				const { count: delivered, number: attempt, durationMs } = notice;
				node.send({ topic: label, payload: { delivered, attempt, durationMs } });
			});
		},
	});
	return {
		line,
		async add(events) {
			const pipeline = await attached.pipeline();
			for (let from = 0; from < events.length; from += MAX_APPEND_EVENTS)
				await pipeline.add(exportId, events.slice(from, from + MAX_APPEND_EVENTS));
		},
		async test(given, signal) {
			return testDelivery(await attached.pipeline(), exportId, { ...given, signal });
		},
	};
}

function exportOf(nodeId: string, label: string, config: OwnBufferConfig): ExportInput {
	const { send = 'as', order = 'any', maxInFlight = '', onMappingError = 'dead' } = config;
	const settings: BufferSettings = {
		...config,
		// Whoever sent an event of a batch has been answered long ago: it waits, alone, until the columns fit.
		onMappingError,
		...(send === 'batch' ? {} : AT_ONCE),
		// A message that leaves as it comes is no row.
		...(send === 'as' ? { data: 'event' } : {}),
		// Under strict order all of them wait for the first.
		maxInFlight: order === 'strict' ? 1 : maxInFlight === '' ? IN_FLIGHT : maxInFlight,
	};
	const who = { id: 'main', receiverId: `items:${nodeId}`, label };
	return toExport(who, settings, inForward);
}
