import type { NodeAPI } from 'node-red';
import type { WiredNode } from './reachability';

type Listener = (nodes: readonly WiredNode[]) => void;

/** One listener per Node-RED (it warns of more than ten), also when node sets are loaded as separate modules. */
const DEPLOYS = Symbol.for('sluice.node-red-deploys');

interface Deploys {
	readonly listeners: Set<Listener>;
	readonly tell: () => void;
}

/** Hears of every deploy, with the nodes as they are wired then, until the returned function is called. */
export function onDeploy(RED: NodeAPI, listener: Listener): () => void {
	const events = RED.events as typeof RED.events & { [DEPLOYS]?: Deploys };
	const deploys = (events[DEPLOYS] ??= createDeploys(RED));
	if (deploys.listeners.size === 0) events.on('flows:started', deploys.tell);
	deploys.listeners.add(listener);
	return () => {
		if (deploys.listeners.delete(listener) && deploys.listeners.size === 0)
			events.removeListener('flows:started', deploys.tell);
	};
}

function createDeploys(RED: NodeAPI): Deploys {
	const listeners = new Set<Listener>();
	const tell = (): void => {
		const nodes: WiredNode[] = [];
		RED.nodes.eachNode((node) => nodes.push(node as unknown as WiredNode));
		for (const listener of listeners) {
			try {
				listener(nodes);
			} catch (error) {
				// What is thrown in this event ends the whole Node-RED.
				RED.log.error(`[sluice] after a deploy: ${String(error)}`);
			}
		}
	};
	return { listeners, tell };
}
