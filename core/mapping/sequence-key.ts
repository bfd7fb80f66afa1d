import { createHash } from 'node:crypto';
import type { Event } from '../event/event';
import { keyAt } from '../event/key-at';
import { MAX_SEQUENCE_KEY_LENGTH } from '../pure/bounds';

/**
 * Reads by which key a row goes in order (order: key). Two rows whose values are the same text have the same key, also where one is a
 * number. A value that is longer than MAX_SEQUENCE_KEY_LENGTH is known by its digest, since stores keep keys in indexes; refusing the
 * event would be worse than not showing its key.
 *
 * @param path of the value in the body; undefined: rows have no key. The function gives undefined where an event has no text, number or
 *   boolean there, and never throws: such a row waits for nobody
 */
export function sequenceKeyReader(path: string | undefined): (event: Event) => string | undefined {
	if (path === undefined) return () => undefined;
	return (event) => {
		const key = keyAt(event, path);
		if (key === undefined || key.length <= MAX_SEQUENCE_KEY_LENGTH) return key;
		// As UTF-16: text with half a surrogate pair has no UTF-8 of its own.
		return `sha256:${createHash('sha256').update(key, 'utf16le').digest('hex')}`;
	};
}
