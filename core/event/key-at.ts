import { readPath } from '../pure/path';
import { exactBody } from './body';
import { bodyKind } from './body-kind';
import type { Event } from './event';
import { keyText } from './numbers';

/**
 * Text of a string, number or boolean at a place of the body (`pure/path.ts`); anything else, and a body that cannot be read, has no key.
 * Never throws.
 */
export function keyAt(event: Event, path: string): string | undefined {
	try {
		// A text has no places, though it may look like JSON: the receiver can be told to read it so.
		if (bodyKind(event) === 'text' || bodyKind(event) === 'binary') return undefined;
		return keyText(readPath(exactBody(event), path));
	} catch {
		return undefined;
	}
}
