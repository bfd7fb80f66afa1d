import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
	ALERTS_RECEIVER,
	deliveryResult,
	onStoreAlert,
	shownAlert,
	type Alert,
	type AlertKind,
	type AlertsConfig,
	type ExportInput,
	type FlowBatch,
	type Pipeline,
} from '../../core/index';
import { attachNode } from '../runtime/attach';
import { batchMessage } from '../runtime/batch-message';
import { exportInput, type BufferSettings } from '../runtime/buffer-settings';
import { attachFlowExport } from '../runtime/flow-export';
import { followPipeline } from '../runtime/pipeline-status';
import { startNode, type OnClose } from '../runtime/start-node';
import { translator, type StatusLine } from '../runtime/status';

export type AlertNodeConfig = NodeDef &
	Pick<BufferSettings, 'done' | 'ackTimeoutSeconds' | 'retryDelays'> & {
		/** Default alerts. */
		readonly what?: 'alerts' | 'results';
		/** Absent: all. */
		readonly kinds?: readonly AlertKind[];
		/** Of results: only those that did not end well. */
		readonly failedOnly?: boolean;
		readonly withText?: boolean;
		readonly store?: string;
	};

interface Run {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly config: AlertNodeConfig;
	readonly status: StatusLine;
	readonly onClose: OnClose;
}

/** Alerts are rows of a buffer of their own: they wait, come again and survive restarts as any. Results are told as they happen, once. */
export function startAlert(RED: NodeAPI, node: Node, config: AlertNodeConfig): void {
	startNode(node, (status, onClose) => {
		const o = { RED, node, config, status, onClose };
		if (config.what === 'results') tellResults(o);
		else tellAlerts(o);
	});
}

function tellAlerts({ RED, node, config, status, onClose }: Run): void {
	const label = node.name || 'sluice alert';
	const alerts: AlertsConfig = {
		...(config.kinds ? { kinds: config.kinds } : {}),
		withText: config.withText === true,
	};
	const input: ExportInput = {
		...exportInput(ALERTS_RECEIVER, { ...config, id: node.id, label, count: 1, time: '1s' }),
		alerts,
	};
	let unsubscribe = (): void => {};
	onClose(() => unsubscribe());
	attachFlowExport({
		RED,
		node,
		label,
		input,
		settings: config,
		message: (batch) => alertMessage(node.id, label, batch),
		status,
		onClose,
		// The store may take nothing: what is wrong with it does not wait there.
		onReady(pipeline) {
			unsubscribe();
			unsubscribe = onStoreAlert(pipeline, { wanted: alerts, by: node.id }, (payload) =>
				node.send({ topic: payload.kind, payload }),
			);
		},
	});
}

/** A batch holds one alert; of an event the message needs the body alone. */
function alertMessage(nodeId: string, label: string, batch: FlowBatch) {
	const message = batchMessage(nodeId, label, batch);
	const [event] = batch.records as readonly { body: Alert }[];
	const payload = event && shownAlert(event.body);
	return { ...message, topic: payload?.kind ?? label, payload };
}

function tellResults({ RED, node, config, status, onClose }: Run): void {
	const line = followPipeline(status, {
		owns: () => false,
		done: () => 'sent',
		fault: () => undefined,
		translate: translator(RED),
	});
	onClose(() => line.close());
	let unsubscribe = (): void => {};
	onClose(() => unsubscribe());
	const listen = (pipeline: Pipeline): void => {
		line.follow(pipeline);
		unsubscribe();
		unsubscribe = pipeline.subscribe((notice) => {
			if (notice.kind !== 'attempt' || notice.outcome === 'release') return;
			const result = deliveryResult(notice, { withText: config.withText === true });
			if (result.ok && config.failedOnly === true) return;
			node.send({ topic: result.buffer, payload: result });
		});
	};
	attachNode({
		RED,
		node,
		storeId: config.store,
		status,
		onClose,
		// It holds nothing.
		attach: () => ({ ready: Promise.resolve(), detach: async () => {} }),
		onReady: listen,
	});
}
