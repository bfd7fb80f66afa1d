import { element, type EditorNode } from './red';
import type { Verdict } from './check';
import { fillDefaults } from './dialog';
import { typed } from './form';
import { text } from './text';

/** Verbs by which rows can be lost. */
const LOSING: readonly string[] = ['', 'disable', 'purge', 'removeOrphan'];

/** The dialog of sluice-control. */
export const control = {
	prepare(this: void, node: EditorNode): void {
		fillDefaults(node);
		const buffers = $('#node-input-buffer');
		const saved = String(node['buffer'] ?? '');
		const found = listBuffers();
		for (const [id, label] of found)
			element('<option>', '', label).attr('value', id).appendTo(buffers);
		// One of a node that is gone, or that was typed into the flow's file, stays chosen.
		if (saved !== '' && !found.some(([id]) => id === saved))
			element('<option>', '', saved).attr('value', saved).appendTo(buffers);
		buffers.val(saved);
		const verb = $('#node-input-verb');
		const show = (): void => void $('.sluice-control-confirm').toggle(LOSING.includes(typed(verb)));
		verb.on('change', show);
		show();
	},
	/** Copies and imported flows name the buffer of the node that they were copied with. */
	checkBuffer(this: void, value: unknown): Verdict {
		const isThere = !value || listBuffers().some(([id]) => id === value);
		return isThere || text('error.gone', { label: text('label.buffer') });
	},
	save(this: void): void {
		// Node-RED reads the fields; what is hidden counts for nothing.
		if (!LOSING.includes(typed($('#node-input-verb')))) $('#node-input-confirm').val('ask');
	},
};

/** Nodes that messages fill a buffer of. */
const FILLED = ['sluice-buffer', 'sluice-forward', 'sluice-table', 'sluice-file'];

/** Buffers of the flows as they are in the editor, by full id. */
function listBuffers(): (readonly [exportId: string, label: string])[] {
	const of = (type: string): EditorNode[] => RED.nodes.filterNodes({ type });
	const nameOf = ({ name, type }: EditorNode): string => name || type.replace('-', ' ');
	const received = of('sluice-receiver').flatMap((node) => {
		const buffers = (node['buffers'] ?? []) as readonly { id: string; label?: string }[];
		return buffers.map(
			({ id, label }) => [`${node.id}/${id}`, `${nameOf(node)} / ${label || id}`] as const,
		);
	});
	const filled = FILLED.flatMap(of).map((node) => [`items:${node.id}/main`, nameOf(node)] as const);
	return [...received, ...filled];
}
