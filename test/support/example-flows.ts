import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/host/cache';

export interface ExampleNode {
	readonly id: string;
	readonly type: string;
	readonly [property: string]: unknown;
}

/** Flows of `examples/`, as the import menu of Node-RED has them. */
export function readExample(file: string): ExampleNode[] {
	return JSON.parse(readFileSync(path.join(ROOT, 'examples', file), 'utf8')) as ExampleNode[];
}

/** Packages that function nodes of the flows load, and those of nodes which the import offers to install. */
export function modulesOf(flows: readonly ExampleNode[]): string[] {
	const libs = flows.flatMap((node) => (node['libs'] ?? []) as { module: string }[]);
	const nodes = flows.flatMap((node) => Object.keys(node['modules'] ?? {}));
	return [...new Set([...libs.map(({ module }) => module), ...nodes])];
}

/** The same flows, with some properties of nodes replaced, as a user does in the dialogs. */
export function withSettings(
	flows: readonly ExampleNode[],
	settings: Readonly<Record<string, object>>,
): ExampleNode[] {
	for (const id of Object.keys(settings)) {
		if (!flows.some((node) => node.id === id)) throw new Error(`the example has no node ${id}`);
	}
	return flows.map((node) => ({ ...node, ...settings[node.id] }));
}

/** The buffers of a receiver, each with these settings: what takes minutes in an example is to take seconds in a test. */
export function buffersWith(
	flows: readonly ExampleNode[],
	id: string,
	settings: object,
): { readonly buffers: object[] } {
	const buffers = flows.find((node) => node.id === id)?.['buffers'] as object[] | undefined;
	return { buffers: (buffers ?? []).map((buffer) => ({ ...buffer, ...settings })) };
}
