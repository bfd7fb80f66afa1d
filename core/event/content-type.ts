/** A content type taken apart. */
export interface ContentType {
	/** Lower case, without parameters; "" where there is none. */
	readonly type: string;
	/** Lower-case name → value without quotes; the first of several counts. */
	readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;

/** Reads a header such as `text/plain; charset="utf-8"`, also `form-data; name="a"`. What is malformed is left out. */
export function parseContentType(header: string): ContentType {
	const type = header.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	const parameters = new Map<string, string>();
	for (const [, name = '', quoted, plain = ''] of header.matchAll(PARAMETER)) {
		const key = name.toLowerCase();
		const value = quoted === undefined ? plain.trim() : quoted.replace(/\\(["\\])/g, '$1');
		if (!parameters.has(key)) parameters.set(key, value);
	}
	return { type, parameters };
}
