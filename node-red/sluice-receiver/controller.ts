import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createFlowSink, fullExportId, type AuthConfig } from '../../core/index';
import { attachNode, showError } from '../runtime/attach';
import { batchMessage } from '../runtime/batch-message';
import {
	ackTimeoutMs,
	exportInput,
	numberOf,
	type BufferSettings,
} from '../runtime/buffer-settings';
import { notReady, serve } from '../runtime/ingest';
import { followPipeline } from '../runtime/pipeline-status';
import { secretsOf } from '../runtime/secrets';
import { doneRule } from '../runtime/settles';
import { createStatusLine } from '../runtime/status';

export interface ReceiverNodeConfig extends NodeDef {
	readonly path?: string;
	readonly auth?: 'url' | 'jwt' | 'none';
	readonly secret?: string;
	readonly header?: string;
	readonly leewaySeconds?: number | string;
	readonly allowSha1?: boolean;
	readonly maxBodyBytes?: number | string;
	readonly store?: string;
	readonly buffers?: readonly BufferSettings[];
	readonly configVersion?: number;
}

export type ReceiverNode = Node<{ urlSecret: unknown }>;

/** Serves the node's path and attaches its receiver; whatever is wrong with the configuration is shown and serves nothing. */
export function startReceiver(RED: NodeAPI, node: ReceiverNode, config: ReceiverNodeConfig): void {
	const status = createStatusLine(node);
	try {
		run(RED, node, config, status);
	} catch (error) {
		showError(node, status, error);
	}
}

function run(
	RED: NodeAPI,
	node: ReceiverNode,
	config: ReceiverNodeConfig,
	status: ReturnType<typeof createStatusLine>,
): void {
	const receiverId = node.id;
	const buffers = config.buffers ?? [];
	const auth = authOf(RED, node, config);
	const maxBodyBytes = numberOf(config.maxBodyBytes ?? 1_048_576, 'maxBodyBytes');
	const rules = buffers.map((buffer, index) =>
		doneRule(RED, node, index, buffer.done, () => line.refresh()),
	);
	const exports = buffers.map((buffer, index) => ({
		config: exportInput(receiverId, buffer),
		sink: createFlowSink({
			ackTimeoutMs: ackTimeoutMs(buffer),
			doneWhen: () => rules[index]?.when() ?? 'sent',
			emit(batch) {
				const outputs = buffers.map((_, at) =>
					at === index ? batchMessage(node.id, buffer.label || buffer.id, batch) : null,
				);
				node.send(outputs);
			},
		}),
	}));
	const ids = new Set([receiverId, ...buffers.map(({ id }) => fullExportId({ receiverId, id }))]);
	const line = followPipeline(status, {
		owns: (id) => ids.has(id),
		note: () => `done when ${[...new Set(rules.map((rule) => rule.when()))].join(' / ')}`,
		warning: () => rules.map((rule) => rule.warning()).find((warning) => warning !== undefined),
	});
	const attached = attachNode({
		RED,
		node,
		storeId: config.store,
		status,
		attach: (pipeline) =>
			pipeline.attachReceiver({ id: receiverId, auth: [auth], maxBodyBytes }, exports, {
				key: node.id,
				label: node.name || 'sluice receiver',
			}),
		onReady(pipeline) {
			line.follow(pipeline);
			if (buffers.length === 0)
				status.show('red', 'ring', 'no buffer: every request is answered 503');
		},
	});
	const stopServing = serve(RED, config.path?.trim() || `/sluice/${node.id}`, {
		secretInUrl: auth.kind === 'url',
		async handler(request) {
			const pipeline = await attached.pipeline().catch(() => undefined);
			return pipeline ? pipeline.accept(receiverId, request) : notReady();
		},
	});
	node.on('close', (removed: boolean, done: () => void) => {
		line.close();
		for (const rule of rules) rule.close();
		stopServing(removed);
		void attached.close(removed).finally(() => {
			status.close();
			done();
		});
	});
}

function authOf(RED: NodeAPI, node: ReceiverNode, config: ReceiverNodeConfig): AuthConfig {
	if (config.auth === 'none') return { kind: 'none' };
	if (config.auth === 'jwt') {
		return {
			kind: 'jwt',
			secrets: secretsOf(RED, config.secret),
			...(config.header ? { header: config.header } : {}),
			leewaySeconds: numberOf(config.leewaySeconds ?? 60, 'leewaySeconds'),
			allowSha1: config.allowSha1 ?? false,
		};
	}
	// Node-RED gives no credentials object to a node that has none.
	const secret = (node.credentials as ReceiverNode['credentials'] | undefined)?.urlSecret;
	return { kind: 'url', secrets: typeof secret === 'string' && secret !== '' ? [secret] : [] };
}
