import type { Node, NodeAPI } from 'node-red';
import {
	checkRows,
	createSink,
	fullExportId,
	MAX_APPEND_EVENTS,
	testDelivery,
	type Event,
	type ExportInput,
	type SinkConfig,
	type SinkPorts,
} from '../../core/index';
import { attachNode, nodeLogger } from './attach';
import { followPipeline, type PipelineStatusLine } from './pipeline-status';
import type { OnClose } from './start-node';
import { translator, type StatusLine } from './status';
import type { TestableNode } from './test-route';

/** The buffer of a node that delivers: where events wait for its destination. */
export interface OwnBuffer {
	readonly line: PipelineStatusLine;
	/** Resolves when all of them are on disk. */
	add(events: readonly Event[]): Promise<void>;
	/** Takes one event to the destination; stores and counts nothing. */
	readonly test: NonNullable<TestableNode['testDeployed']>;
}

/** What the destinations of nodes take of their host. */
export type DestinationPorts = Pick<SinkPorts, 'resolveSecret' | 'databases' | 'directories'>;

/** What a node is started with. */
export interface Starting {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly status: StatusLine;
	readonly onClose: OnClose;
}

/**
 * Attaches it; it also delivers what an earlier run of the flow left behind.
 *
 * @param o.ofDialog puts the names of the dialog into what core says of the destination
 * @param o.fault of the wires, for the status
 */
export function attachOwnBuffer(
	o: Starting & {
		readonly input: ExportInput;
		readonly storeId: string | undefined;
		readonly sink: SinkConfig;
		readonly ports: DestinationPorts;
		readonly ofDialog: <T>(work: () => T) => T;
		readonly fault?: () => string | undefined;
	},
): OwnBuffer {
	const { RED, node, input, sink, ports, status, onClose } = o;
	const exportId = fullExportId(input);
	const { output = 'event', label = exportId } = input;
	// Attaching would find it later, and by core's names.
	o.ofDialog(() => {
		checkRows(sink, { ...input, output }, '');
		void createSink(sink, ports, '').close?.();
	});
	const line = followPipeline(status, {
		owns: (id) => id === exportId,
		done: () => 'delivered',
		fault: o.fault ?? (() => undefined),
		translate: translator(RED),
	});
	onClose(() => line.close());
	let unsubscribe: () => void = () => {};
	onClose(() => unsubscribe());
	const attached = attachNode({
		...{ RED, node, storeId: o.storeId, status, onClose },
		attach: (pipeline) =>
			pipeline.attachExport(
				{ config: input, sink, ports },
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
