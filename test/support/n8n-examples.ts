import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/host/cache';
import type { N8nNode, N8nWorkflow } from '../../scripts/host/n8n-api';

/** A workflow of `examples/n8n/`, as n8n's *Import from File* takes it. */
export function readN8nExample(file: string): N8nWorkflow {
	const text = readFileSync(path.join(ROOT, 'examples/n8n', file), 'utf8');
	return JSON.parse(text) as N8nWorkflow;
}

/** The same workflow, with some parameters of nodes replaced, as a user does in the editor; collections keep what else they have. */
export function withParameters(
	workflow: N8nWorkflow,
	parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): N8nWorkflow {
	for (const name of Object.keys(parameters)) {
		if (!workflow.nodes.some((node) => node.name === name)) throw new Error(`no node ${name}`);
	}
	const changed = (node: N8nNode): N8nNode => {
		const given = Object.entries(parameters[node.name] ?? {}).map(([name, value]) => {
			const former = node.parameters[name];
			const isBoth = typeof former === 'object' && typeof value === 'object';
			return [name, isBoth ? { ...former, ...value } : value] as const;
		});
		return { ...node, parameters: { ...node.parameters, ...Object.fromEntries(given) } };
	};
	return { ...workflow, nodes: workflow.nodes.map(changed) };
}
