import type { NodeAPI } from 'node-red';
import { isBroken } from './start-node';
import type { WiredNode } from './reachability';
import { processShared } from '../../core/index';

/** Hears the nodes as they are deployed; undefined while they are being stopped and started. */
type Listener = (nodes: readonly WiredNode[] | undefined) => void;

interface Deploys {
	readonly listeners: Set<Listener>;
	readonly started: () => void;
	readonly stopping: () => void;
}

/** Hears of every deploy, until the returned function is called. */
export function onDeploy(RED: NodeAPI, listener: Listener): () => void {
	const { events } = RED;
	// One listener per event and Node-RED (it warns of more than ten), also when node sets are loaded as separate modules.
	const deploys = processShared('deploys', () => createDeploys(RED), events);
	if (deploys.listeners.size === 0) {
		events.on('flows:started', deploys.started);
		events.on('flows:stopping', deploys.stopping);
	}
	deploys.listeners.add(listener);
	return () => {
		if (!deploys.listeners.delete(listener) || deploys.listeners.size > 0) return;
		events.removeListener('flows:started', deploys.started);
		events.removeListener('flows:stopping', deploys.stopping);
	};
}

function createDeploys(RED: NodeAPI): Deploys {
	const listeners = new Set<Listener>();
	const tell = (nodes: readonly WiredNode[] | undefined): void => {
		for (const listener of listeners) {
			try {
				listener(nodes);
			} catch (error) {
				// What is thrown in this event ends the whole Node-RED.
				RED.log.error(`[sluice] after a deploy: ${String(error)}`);
			}
		}
	};
	return { listeners, started: () => tell(deployedNodes(RED)), stopping: () => tell(undefined) };
}

function deployedNodes(RED: NodeAPI): WiredNode[] {
	const nodes: WiredNode[] = [];
	RED.nodes.eachNode((node) => nodes.push(node as unknown as WiredNode));
	const tabs = new Set(nodes.filter(({ type }) => type === 'tab').map(({ id }) => id));
	// Nodes of subflows run once for each instance, under other ids.
	return nodes.map((node) =>
		tabs.has(node.z ?? '') && node.wires && isBroken(RED.nodes.getNode(node.id))
			? { ...node, broken: true }
			: node,
	);
}
