import { exactBody } from '../event/body';
import type { Event } from '../event/event';
import { keyText } from '../event/numbers';
import { readPath } from '../pure/path';

/** What is asked of one label: that there is one (`has: true`) or none (`has: false`), that it is a text, or one of several. */
export type LabelRule = { readonly key: string } & (
	| { readonly has: boolean; readonly equals?: undefined; readonly in?: undefined }
	| { readonly equals: string; readonly has?: undefined; readonly in?: undefined }
	| { readonly in: readonly string[]; readonly has?: undefined; readonly equals?: undefined }
);

type Labels = Readonly<Record<string, unknown>>;

/** Of an event; none where its body cannot be read, or has no object there. */
export function labelsOf(event: Event, path: string): Labels {
	try {
		const value = readPath(exactBody(event), path);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Labels)
			: {};
	} catch {
		return {};
	}
}

/** A text, number or flag of its JSON body as text; undefined where there is nothing, or anything else. */
export function textAt(event: Event, path: string): string | undefined {
	try {
		return keyText(readPath(exactBody(event), path));
	} catch {
		return undefined;
	}
}

/** A label that is a number or a flag counts as its text; null is no label. */
export function matchesLabel({ key, has, equals, in: oneOf }: LabelRule, labels: Labels): boolean {
	const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
	if (has !== undefined) return (value !== undefined && value !== null) === has;
	const text = keyText(value);
	if (text === undefined) return false;
	return equals === undefined ? (oneOf ?? []).includes(text) : text === equals;
}
