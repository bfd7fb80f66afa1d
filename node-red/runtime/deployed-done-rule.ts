import type { Node, NodeAPI } from 'node-red';
import type { DoneWhen } from '../../core/index';
import type { BufferSettings } from './buffer-settings';
import { onDeploy } from './deploys';
import { decideDone, type WiringFault } from './done-rule';
import { reachOf, type WiredNode } from './reachability';
import type { Translate } from './summary-text';

/** When batches of one output are done, decided anew at every deploy (the wires behind a node change without restarting it). */
export interface DeployedDoneRule {
	/** `kept` until all nodes have started: what would settle may not be there yet. */
	when(): DoneWhen;
	/** What the status says beside it; undefined while there is nothing to say. */
	fault(): WiringFault | undefined;
	readonly close: () => void;
}

/**
 * @param o.onChange called after every deploy
 * @param o.onReady called when batches that were kept may go
 */
export function deployedDoneRule(
	RED: NodeAPI,
	node: Node,
	output: number,
	o: {
		readonly done: BufferSettings['done'];
		readonly onChange: () => void;
		readonly onReady: () => void;
	},
): DeployedDoneRule {
	let decided: ReturnType<typeof decideDone> = { when: 'kept' };
	const close = onDeploy(RED, (nodes) => {
		const { when: before } = decided;
		decided = nodes ? decide(nodes) : { when: 'kept' };
		if (nodes) o.onChange();
		if (before === 'kept' && decided.when !== 'kept') o.onReady();
	});
	const decide = (nodes: readonly WiredNode[]): ReturnType<typeof decideDone> => {
		const { id, within } = placeOf(nodes, node);
		return decideDone(o.done ?? 'auto', reachOf(nodes, id, output, within));
	};
	return { when: () => decided.when, fault: () => decided.fault, close };
}

/** A node in a subflow is known to the flows by the id it has in the definition, and by the instances it is in. */
function placeOf(
	nodes: readonly WiredNode[],
	{ id, _alias, _path = '' }: Node & { _alias?: string; _path?: string },
): { id: string; within: string[] } {
	const instances = new Set(
		nodes.filter(({ type }) => type.startsWith('subflow:')).map((n) => n.id),
	);
	return { id: _alias ?? id, within: _path.split('/').filter((part) => instances.has(part)) };
}

/**
 * What is wrong with the wires of a node's outputs, in the words of its status; the first of several.
 *
 * @param labels of the buffers, where the node has several
 */
export function faultText(
	translate: Translate,
	faults: readonly (WiringFault | undefined)[],
	labels: readonly string[] = [],
): string | undefined {
	const index = faults.findIndex((fault) => fault !== undefined);
	const fault = faults[index];
	if (fault === undefined) return undefined;
	const text = translate(`wiring.${fault}`);
	const label = labels[index];
	return label === undefined || labels.length < 2
		? text
		: translate('status.ofBuffer', { label: label.slice(0, 20), fault: text });
}
