import type { Node, NodeAPI } from 'node-red';
import path from 'node:path';
import {
	ConfigError,
	holdPipeline,
	MappingError,
	type Attachment,
	type Logger,
	type Pipeline,
	type PipelineHold,
	type StoreOptions,
} from '../../core/index';
import { warnOfFormerStores, userStores } from './former-stores';
import { showError, type OnClose } from './start-node';
import type { StatusLine } from './status';

/** A store that cannot be opened (owned by a process that is still closing, a full disk) is tried again. */
const REOPEN_MS = 5_000;

/** What a node keeps of its place in a pipeline. */
export interface Attached {
	/** The pipeline, or a rejection with why there is none; requests and messages that come early wait for it. */
	pipeline(): Promise<Pipeline>;
	/** What was kept may go: its buffers claim what is due. */
	claimDue(): void;
}

/** A sluice-store node, or the default store where none is chosen. */
export interface StoreNode extends Node {
	/** @throws ConfigError naming the field that is wrong */
	storeOptions(): StoreOptions;
}

/**
 * Opens the node's store, attaches to its pipeline, and tries again where that may help. A wrong configuration is final: it is
 * shown, logged, and the other nodes go on.
 */
export function attachNode(o: {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly storeId: string | undefined;
	readonly status: StatusLine;
	readonly onClose: OnClose;
	/** What has to be there first. @throws ConfigError; one of a port that is in use is tried again */
	readonly before?: (() => Promise<void>) | undefined;
	readonly attach: (pipeline: Pipeline) => Attachment;
	readonly onReady: (pipeline: Pipeline) => void;
}): Attached {
	let closed = false;
	let hold: PipelineHold | undefined;
	let attachment: Attachment | undefined;
	let timer: NodeJS.Timeout | undefined;
	let current = start();

	async function start(): Promise<Pipeline> {
		await o.before?.();
		const store = storeOptions(o.RED, o.storeId);
		const logger = storeLogger(o.RED, o.storeId);
		hold = await holdPipeline({ store, logger });
		try {
			if (closed) throw new Error('the node was closed');
			attachment = o.attach(hold.pipeline);
			await attachment.ready;
			void warnOfFormerStores({ node: o.node, store, userStores: userStores(o.RED), logger });
			return hold.pipeline;
		} catch (error) {
			hold.release();
			throw error;
		}
	}

	function watch(): void {
		current.then(
			(pipeline) => closed || o.onReady(pipeline),
			(error: unknown) => {
				if (closed) return;
				showError(o.node, o.status, error);
				if (!mayPass(error)) return;
				timer = setTimeout(() => {
					current = start();
					watch();
				}, REOPEN_MS).unref();
			},
		);
	}
	watch();

	o.onClose(async (removed) => {
		closed = true;
		clearTimeout(timer);
		await current.catch(() => {});
		await attachment?.detach({ gone: removed });
		hold?.release();
	});
	return {
		pipeline: () => current,
		claimDue: () =>
			void current.then(
				(pipeline) => pipeline.claimDue(),
				() => {},
			),
	};
}

/** A port that is in use may be free in a moment: of a process that ends, or of a node that is being redeployed. */
function mayPass(error: unknown): boolean {
	if (error instanceof MappingError) return false;
	return !(error instanceof ConfigError) || error.details['path'] === 'port';
}

function storeOptions(RED: NodeAPI, storeId: string | undefined): StoreOptions {
	if (!storeId) return { kind: 'sqlite', directory: storeDirectory(RED, 'default') };
	const node = RED.nodes.getNode(storeId) as StoreNode | null;
	if (!node?.storeOptions)
		throw new ConfigError('store', 'a sluice store node that exists and is enabled');
	return node.storeOptions();
}

/** What concerns a store and none of the nodes that share it: the store's own node tells it, and nobody the default store's. */
function storeLogger(RED: NodeAPI, storeId: string | undefined): Logger {
	const node = storeId ? (RED.nodes.getNode(storeId) as Node | null) : null;
	if (node) return nodeLogger(node);
	const tell = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string) =>
		RED.log[level](`[sluice] default store: ${message}`);
	return { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
}

/** Where a store lives unless its node says otherwise. */
export function storeDirectory(RED: NodeAPI, storeId: string): string {
	return path.join(userStores(RED), storeId);
}

/** Core's log lines under the name of a node; debug lines only where Node-RED logs them. */
export function nodeLogger(node: Node): Logger {
	return {
		debug: (message) => node.debug(message),
		info: (message) => node.log(message),
		warn: (message) => node.warn(message),
		error: (message) => node.error(message),
	};
}
