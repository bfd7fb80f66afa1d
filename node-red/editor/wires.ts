// The same pure functions decide at deploy time, so that dialog and status say the same.
import { decideDone } from '../runtime/done-rule';
import { reachOf, type WiredNode } from '../runtime/reachability';
import type { BufferSettings } from './check';
import type { EditorNode } from './red';
import { text } from './text';

/** What becomes of batches of an output by the wires in the editor as they are now; a buffer that was just added has none yet. */
export function wiredNow(
	node: EditorNode,
	output: number | undefined,
	setting: BufferSettings['done'],
): string {
	const nodes = RED.nodes.createCompleteNodeSet({ credentials: false }) as unknown as WiredNode[];
	const reach = reachOf(nodes, node.id, output ?? -1);
	const { when, fault } = decideDone(setting, reach);
	const nameOf = (ids: readonly string[]): string =>
		(nodes.find(({ id }) => id === ids[0])?.type ?? '').replace('-', ' ');
	if (fault) return text(`wiring.${fault}`, { by: nameOf(reach.notRunning) });
	return when === 'acked'
		? text('wiring.waits', { by: nameOf(reach.settling) })
		: text('wiring.sent');
}
