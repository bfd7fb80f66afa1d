import type { StoredExport } from '../store';

/**
 * What makes rows of one export differ: a change of it raises the mapping revision, and a batch never mixes two of them.
 * Compared as text with sorted keys, so that the order in which a host writes its configuration does not matter.
 */
export function mappingFingerprint(e: Pick<StoredExport, 'filter' | 'columns' | 'output'>): string {
	return JSON.stringify(sortKeys({ filter: e.filter, columns: e.columns, output: e.output }));
}

function sortKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sortKeys);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, member]) => [key, sortKeys(member)]),
	);
}
