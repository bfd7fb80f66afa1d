import type { Event } from '../../event/event';
import type { CompileColumn } from './column-renderer';

/** Time of receipt, UTC with milliseconds (K81, K13). */
export const datetime: CompileColumn = () => {
	// Of a busy receiver many events come in the same millisecond, and to write an instant takes longer than to look at it.
	let written = { at: Number.NaN, text: '' };
	const toIso = ({ receivedAt }: Event): string => {
		if (receivedAt !== written.at)
			written = { at: receivedAt, text: new Date(receivedAt).toISOString() };
		return written.text;
	};
	return { cell: toIso, value: toIso };
};
