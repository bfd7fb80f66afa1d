import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
	fullExportId,
	notReady,
	testReceiver,
	toFlowSink,
	toHandshake,
	toReceiver,
	type FlowPorts,
	type AnswerSettings,
	type BodySettings,
	type LimitSettings,
	type ReceiverSettings,
	type SchemaSettings,
	type SchemeSettings,
	type SettingPath,
} from '../../core/index';
import { attachNode, nodeLogger } from '../runtime/attach';
import { batchMessage } from '../runtime/batch-message';
import { exportInput, type BufferSettings } from '../runtime/buffer-settings';
import { hostSecretHeaders } from '../runtime/host-auth';
import { followPipeline } from '../runtime/pipeline-status';
import { defaultPath } from '../runtime/receiver-path';
import { offerSample } from '../runtime/sample-route';
import { seenBy } from '../runtime/seen-route';
import { authConfigs } from '../runtime/schemes';
import { textOf } from '../runtime/secrets';
import { deployedDoneRule, faultText, type DeployedDoneRule } from '../runtime/deployed-done-rule';
import { servePlace } from '../runtime/serve-place';
import { offerTest } from '../runtime/test-route';
import { startNode, type OnClose } from '../runtime/start-node';
import { translator, type StatusLine } from '../runtime/status';
import type { DoneWord } from '../runtime/summary-text';

type ReceiverField =
	| 'maxBodyBytes'
	| 'readBodyAs'
	| 'split'
	| 'inactiveAfter'
	| 'allowedOrigins'
	| 'allowedHeaders'
	| keyof BodySettings
	| keyof LimitSettings
	| keyof AnswerSettings
	| keyof SchemaSettings;

export interface ReceiverNodeConfig extends NodeDef, Pick<ReceiverSettings, ReceiverField> {
	readonly path?: string;
	/** A sluice-listener; none: Node-RED's own address. */
	readonly listener?: string;
	readonly auth?: readonly SchemeSettings[];
	/** Of each way. */
	readonly secret?: string;
	readonly secret2?: string;
	readonly secret3?: string;
	readonly handshake?: string;
	readonly store?: string;
	readonly buffers?: readonly BufferSettings[];
	readonly configVersion?: number;
}

export type ReceiverNode = Node<{ urlSecret: unknown; verifyToken: unknown }>;

/** Serves the node's path and attaches its receiver; whatever is wrong with the configuration is shown and serves nothing. */
export function startReceiver(RED: NodeAPI, node: ReceiverNode, config: ReceiverNodeConfig): void {
	startNode(node, (status, onClose) => run({ RED, node, config, status, onClose }));
}

function run(o: {
	readonly RED: NodeAPI;
	readonly node: ReceiverNode;
	readonly config: ReceiverNodeConfig;
	readonly status: StatusLine;
	readonly onClose: OnClose;
}): void {
	const { RED, node, config, status, onClose } = o;
	const receiverId = node.id;
	const buffers = config.buffers ?? [];
	const { urlSecret, verifyToken } =
		(node.credentials as ReceiverNode['credentials'] | undefined) ?? {};
	const auth = authConfigs(RED, config.auth, {
		secretIds: [config.secret, config.secret2, config.secret3],
		address: textOf(urlSecret),
	});
	const path = config.path?.trim() || defaultPath(node.id);
	const receiver = toReceiver(receiverSettings(config));
	const handshake = toHandshake({
		handshake: config.handshake,
		verifyToken: () => textOf(verifyToken),
	});
	const rules: DeployedDoneRule[] = [];
	const exports = buffers.map((buffer, index) => {
		const at: SettingPath = (name) => `buffers[${index}].${name}`;
		const flow: FlowPorts = {
			label: buffer.label,
			doneWhen: () => rules[index]?.when() ?? 'kept',
			emit(batch) {
				const outputs = buffers.map((_, output) =>
					output === index ? batchMessage(node.id, buffer.label || buffer.id, batch) : null,
				);
				node.send(outputs);
			},
		};
		const input = exportInput(receiverId, buffer, at);
		return { config: input, sink: toFlowSink(buffer, at), ports: { flow } };
	});
	const ids = new Set([receiverId, ...buffers.map(({ id }) => fullExportId({ receiverId, id }))]);
	const labels = buffers.map(({ id, label }) => label || id);
	const translate = translator(RED);
	const line = followPipeline(status, {
		owns: (id) => ids.has(id),
		done: () => doneWord(rules),
		fault: () =>
			faultText(
				translate,
				rules.map((rule) => rule.fault()),
				labels,
			) ?? place.warning(),
		translate,
	});
	onClose(() => line.close());
	for (const [index, buffer] of buffers.entries()) {
		const rule = deployedDoneRule(RED, node, index, {
			done: buffer.done,
			onChange: () => line.refresh(),
			onReady: () => attached.claimDue(),
		});
		rules.push(rule);
		onClose(() => rule.close());
	}
	const place = servePlace({
		...{ RED, node, path, auth, onClose },
		listenerId: config.listener,
		hasCors: receiver.cors !== undefined,
		store: config.store || 'default',
		pipeline: () => attached.pipeline(),
		async handler(request) {
			const pipeline = await attached.pipeline().catch(() => undefined);
			return pipeline ? pipeline.accept(receiverId, request) : notReady();
		},
		onChange: () => line.refresh(),
	});
	const attached = attachNode({
		RED,
		node,
		storeId: config.store,
		status,
		onClose,
		// A receiver that is not served must not be attached, or its events would go nowhere.
		before: place.open,
		attach: (pipeline) =>
			pipeline.attachReceiver(
				{
					id: receiverId,
					auth,
					...receiver,
					...handshake,
					secretHeaders: config.listener ? [] : hostSecretHeaders(RED),
				},
				exports,
				{
					key: node.id,
					label: node.name || 'sluice receiver',
					logger: nodeLogger(node),
					pushUrl: (secret) =>
						secret === undefined ? place.address : `${place.address}/${secret}`,
				},
			),
		onReady(pipeline) {
			Object.assign(node, { seen: () => seenBy(pipeline, receiverId) });
			onClose(offerSample(RED, node, { pipeline, receiverId }));
			onClose(offerTest(RED, node, (given) => testReceiver(pipeline, receiverId, given)));
			line.follow(pipeline);
			if (buffers.length === 0)
				status.show('red', 'ring', 'no buffer: every request is answered 503');
		},
	});
}

/** What of the node is core's, without what only looks like it. */
function receiverSettings(config: ReceiverNodeConfig): ReceiverSettings {
	const { maxBodyBytes, readBodyAs, split, inactiveAfter, maxDecompressedBytes } = config;
	const { csvDelimiter, source, trustedProxies, typePath, typeHeader, typeQuery } = config;
	const { dedupeKeyPath, dedupeHeader, dedupeContent, dedupeHours } = config;
	const { keepLatest, latestDevicePath, latestTypePath, latestLabelsPath, latestTimePath } = config;
	const { dropStale } = config;
	const { limitPerSecond, limitPerMinute, limitBurst, maxConcurrent } = config;
	const { clientPerSecond, clientPerMinute, clientBurst, replays, formerUrlSecret } = config;
	const { answerStatus, answerBody, answerText, answerHeaders, answerRefusals } = config;
	const { schemaMode, schemaUnknown, schemaSample, schemaFields, schemaSourceField } = config;
	const { allowedOrigins, allowedHeaders } = config;
	return {
		...{ answerStatus, answerBody, answerText, answerHeaders, answerRefusals },
		...{ schemaMode, schemaUnknown, schemaSample, schemaFields, schemaSourceField },
		...{ allowedOrigins, allowedHeaders },
		...{ maxBodyBytes, readBodyAs, split, inactiveAfter, maxDecompressedBytes },
		...{ csvDelimiter, source, trustedProxies, typePath, typeHeader, typeQuery },
		...{ dedupeKeyPath, dedupeHeader, dedupeContent, dedupeHours },
		...{ keepLatest, latestDevicePath, latestTypePath, latestLabelsPath, latestTimePath },
		...{ dropStale },
		...{ limitPerSecond, limitPerMinute, limitBurst, maxConcurrent },
		...{ clientPerSecond, clientPerMinute, clientBurst, replays, formerUrlSecret },
	};
}

/** One word for all buffers of the node; where they differ it is the one that holds for each. */
function doneWord(rules: readonly DeployedDoneRule[]): DoneWord {
	const words = new Set(rules.map((rule) => (rule.when() === 'acked' ? 'acked' : 'sent')));
	const [word = 'sent'] = words;
	return words.size === 1 ? word : 'delivered';
}
