/**
 * JSON with the names of each object in order: two values are the same configuration where their texts are, however their writers
 * ordered them. Members that are undefined are absent, as in JSON.
 */
export function canonicalJson(value: unknown): string {
	return JSON.stringify(sortNames(value));
}

function sortNames(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sortNames);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, member]) => [name, sortNames(member)]),
	);
}
