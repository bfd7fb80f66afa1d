import type { DataSettings } from './check';
import { row, select, typed } from './form';
import { element } from './red';
import { text } from './text';

/** What becomes of an event that does not fit its fields or columns. */
export type OnMappingError = 'reject' | 'dead';

export interface MappingErrorField {
	/** It concerns nobody where events stay whole. */
	show(data: DataSettings['data']): void;
	read(): OnMappingError;
	readonly input: JQuery;
}

/** @param fedBy decides what refusing means */
export function buildMappingErrorField(
	parent: JQuery,
	value: OnMappingError,
	fedBy: 'pushes' | 'messages' | 'batches',
): MappingErrorField {
	const line = element('<div>').appendTo(parent);
	const input = select(
		row(line, text('label.onMappingError'), 'exclamation-triangle'),
		[
			['reject', text(`onMappingError.reject.${fedBy}`)],
			['dead', text('onMappingError.dead')],
		],
		value,
		'sluice-on-mapping-error',
	);
	return {
		show: (data) => void line.toggle(data === 'fields' || data === 'columns'),
		read: () => typed(input) as OnMappingError,
		input,
	};
}
