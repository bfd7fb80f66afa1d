import { askServer } from './admin-api';
import type { FlowBuffer } from './buffer-check';
import { element, type EditorNode } from './red';
import { seenPath, type Seen } from './seen';
import { text } from './text';

/** Says of each buffer that is removed how many rows it leaves behind, and puts it back. */
export interface RemovedBuffers {
	add(buffer: Partial<FlowBuffer>, putBack: () => void): void;
}

/** @param list behind which it is said */
export function removedBuffers(list: JQuery, node: EditorNode): RemovedBuffers {
	const place = element('<div>').attr({ role: 'status', 'aria-live': 'polite' });
	return {
		add({ id = '', label }, putBack) {
			place.insertAfter(list.closest('.red-ui-editableList'));
			const line = element('<div>', 'sluice-warning sluice-removed').appendTo(place);
			const words = element('<span>').appendTo(line);
			const say = (rows?: number): void => {
				const about = { label: label || id, rows: rows ?? 0 };
				const isKnown = rows !== undefined && rows > 0;
				words.text(text(isKnown ? 'removed.rows' : 'removed.none', about));
			};
			say();
			void askServer<Seen>(seenPath(node)).answer.then((seen) => {
				if (!('error' in seen)) say(seen.rows?.[id]);
				else words.text(text('removed.unknown', { label: label || id }));
				RED.tray.resize();
				line[0]?.scrollIntoView({ block: 'nearest' });
			});
			element('<button type="button">', 'red-ui-button red-ui-button-small', text('removed.back'))
				.on('click', () => {
					line.remove();
					putBack();
				})
				.appendTo(line);
		},
	};
}
