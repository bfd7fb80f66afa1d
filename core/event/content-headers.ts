/** What is said of exact bytes (RFC 9530, 3230, 1864): untrue as soon as they are compressed, or no longer. */
const OF_THE_BYTES: readonly string[] = [
	'content-digest',
	'repr-digest',
	'digest',
	'content-md5',
	'content-length',
	'content-encoding',
];

/** Headers without those that describe the bytes of a body and not what they say. @param headers names in lower case */
export function withoutContentCoding<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
	const kept: Record<string, T> = Object.create(null);
	for (const [name, value] of Object.entries(headers)) {
		if (!OF_THE_BYTES.includes(name)) kept[name] = value;
	}
	return kept;
}
