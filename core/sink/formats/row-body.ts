/**
 * What of a row is written as JSON.
 *
 * `row`: the mapped row; of a whole event its record (`eventRecord`), or alone in a request its own bytes · `body`: the event's own body,
 * which has to be JSON where it stands among others · `connector`: the body of a Data Connector, `{event, labels, metadata}`, with the
 * labels that were chosen alone (D8, D39). The last two need whole events.
 */
import { ConfigError } from '../../errors';

export const ROW_BODIES = ['row', 'body', 'connector'] as const;

export type RowBody = (typeof ROW_BODIES)[number];

const MAX_LABELS = 100;
/** UTF-16 units of a label's key. */
const MAX_LABEL_KEY = 200;

/** @throws ConfigError naming path and bound */
export function validateLabelKeys(labels: unknown, path: string): void {
	if (!Array.isArray(labels) || labels.length > MAX_LABELS) {
		throw new ConfigError(path, `a list of at most ${MAX_LABELS} keys`, labels);
	}
	for (const [index, key] of (labels as unknown[]).entries()) {
		if (typeof key !== 'string' || key === '' || key.length > MAX_LABEL_KEY) {
			throw new ConfigError(`${path}[${index}]`, `a text of 1 to ${MAX_LABEL_KEY} characters`, key);
		}
	}
}
