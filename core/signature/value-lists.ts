/**
 * Headers or query parameters of a message or item as a `SignedRequest` has them: every value of a name, in order. What is no text is
 * no value (Express makes objects of brackets); of names that are spelled the same the later one counts.
 *
 * @param spell how a name is written, e.g. in lower case
 */
export function valueLists(
	values: Readonly<Record<string, unknown>>,
	spell: (name: string) => string = (name) => name,
): Record<string, readonly string[]> {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => [
			spell(name),
			[value].flat().filter((one): one is string => typeof one === 'string'),
		]),
	);
}
