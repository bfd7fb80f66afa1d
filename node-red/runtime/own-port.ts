import type { Node, NodeAPI } from 'node-red';
import {
	ConfigError,
	createListener,
	isSecretInUrl,
	LISTENER,
	watchPipeline,
	type Listener,
	type ListenerOptions,
	type Pipeline,
	type PushHandler,
	type SchemeConfig,
} from '../../core/index';
import { nodeLogger } from './attach';
import type { OnClose } from './start-node';

/** A sluice-listener node. */
export interface ListenerNode extends Node {
	/**
	 * The port, and a receiver's path on it.
	 *
	 * @throws ConfigError naming the field that is wrong
	 */
	listen(path: string): { readonly options: ListenerOptions; readonly path: string };
}

/** What a receiver has on a port of its own. */
export interface OwnPort {
	/** Where senders push to, as far as this process knows. */
	readonly url: string;
	/** Resolves when the receiver is served there. @throws ConfigError; one of the port may pass by itself */
	open(): Promise<void>;
}

/**
 * Serves a receiver on the port of a sluice-listener, which those who choose the same one share.
 *
 * @throws ConfigError for a listener that is gone, or wrong
 */
export function ownPort(o: {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly listenerId: string;
	readonly path: string;
	readonly auth: readonly SchemeConfig[];
	readonly handler: PushHandler;
	/** Names the store among those behind the port. */
	readonly store: string;
	readonly pipeline: () => Promise<Pipeline>;
	readonly onClose: OnClose;
}): OwnPort {
	const listenerNode = o.RED.nodes.getNode(o.listenerId) as ListenerNode | null;
	if (!listenerNode?.listen)
		throw new ConfigError('listener', 'a sluice listener that exists and is enabled');
	const { options, path } = listenerNode.listen(o.path);
	const holder = { label: o.node.name || `sluice receiver ${o.node.id}` };
	const listening = { ...options, holder, logger: nodeLogger(listenerNode) };
	let listener: Listener | undefined;
	let isClosed = false;
	o.onClose(async (removed) => {
		isClosed = true;
		await listener?.close({ gone: removed });
	});
	return {
		url: `${options.tls ? 'https' : 'http'}://${hostInUrl(options.host)}:${options.port}${path}`,
		async open() {
			const opened = (listener ??= await createListener(listening));
			try {
				if (isClosed) throw new Error('the node was closed');
				opened.mount({
					path,
					secretInUrl: isSecretInUrl(o.auth),
					handler: o.handler,
					holder,
					watched: watchPipeline(o.pipeline, { key: o.store }),
				});
			} catch (error) {
				listener = undefined;
				await opened.close({ gone: true });
				throw error;
			}
		},
	};
}

function hostInUrl(host: string = LISTENER.host): string {
	return host.includes(':') ? `[${host}]` : host;
}
