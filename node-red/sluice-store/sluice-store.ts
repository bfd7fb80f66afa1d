import type { NodeAPI, NodeDef } from 'node-red';
import path from 'node:path';
import type { StoreOptions } from '../../core/index';
import { storeDirectory, type StoreNode } from '../runtime/attach';

interface StoreConfig extends NodeDef {
	readonly kind?: 'sqlite' | 'memory';
	readonly directory?: string;
}

/** `sluice-store`: says where rows are kept; opened by the nodes that use it. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-store', function (this: StoreNode, config: StoreConfig) {
		RED.nodes.createNode(this, config);
		Object.assign(this, { storeOptions: storeOptions(RED, config) });
	});
}

function storeOptions(RED: NodeAPI, config: StoreConfig): StoreOptions {
	if (config.kind === 'memory') return { kind: 'memory', name: config.id };
	const directory = config.directory?.trim();
	if (!directory) return { kind: 'sqlite', directory: storeDirectory(RED, config.id) };
	return { kind: 'sqlite', directory: path.resolve(RED.settings.userDir ?? '.', directory) };
}
