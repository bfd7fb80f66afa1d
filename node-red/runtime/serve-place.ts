import type { Node, NodeAPI } from 'node-red';
import {
	isSecretInUrl,
	type Pipeline,
	type PushHandler,
	type SchemeConfig,
} from '../../core/index';
import { joinPath, nodeRoot } from './http-roots';
import { serve } from './ingest';
import { ownPort } from './own-port';
import { pathRule } from './path-rule';
import type { OnClose } from './start-node';

/** Where a receiver is served. */
export interface ServedPlace {
	/** Path at Node-RED's own address, or URL of a port; without a slash at its end. */
	readonly address: string;
	/** What the status says; undefined while there is nothing to say. */
	warning(): string | undefined;
	/** Of a port that is still to be opened; absent where the place is served already. @throws as OwnPort.open */
	readonly open?: () => Promise<void>;
}

/**
 * Serves a receiver at Node-RED's own address, or on the port of a sluice-listener.
 *
 * @throws ConfigError for a place that cannot be served
 */
export function servePlace(o: {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly listenerId: string | undefined;
	readonly path: string;
	readonly auth: readonly SchemeConfig[];
	readonly hasCors: boolean;
	readonly handler: PushHandler;
	readonly store: string;
	readonly pipeline: () => Promise<Pipeline>;
	readonly onClose: OnClose;
	/** The warning may be another one. */
	readonly onChange: () => void;
}): ServedPlace {
	const { RED, node, path, auth, listenerId, hasCors, handler, onClose } = o;
	if (listenerId) {
		const port = ownPort({ ...o, listenerId });
		return { address: port.url, warning: () => undefined, open: () => port.open() };
	}
	const secretInUrl = isSecretInUrl(auth);
	const rule = pathRule(RED, node, { path, secretInUrl }, o.onChange);
	onClose(() => rule.close());
	const holder = { label: node.name || `sluice receiver ${node.id}` };
	onClose(serve(RED, path, { secretInUrl, hasCors, holder, handler }));
	return { address: joinPath(nodeRoot(RED), path), warning: () => rule.warning() };
}
