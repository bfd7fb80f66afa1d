/** Words of a POSIX shell. What a person has typed stands within single quotes, where a shell changes nothing. */

/** A text as one word. */
export function quote(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A variable, as part of a word. */
export interface Variable {
	readonly variable: string;
}

export const variable = (name: string): Variable => ({ variable: name });

/** Texts and values of variables, as one word. */
export function word(...parts: readonly (string | Variable)[]): string {
	const written = parts.map((part) => {
		if (typeof part !== 'string') return `"$${part.variable}"`;
		return part === '' ? '' : quote(part);
	});
	return written.join('') || "''";
}

/** Stops where a variable of the environment is missing, and says what it should be. */
export function need(name: string, what: string): string {
	return `: "\${${name}:?${what}}"`;
}

/** Sets a variable to what a pipe of commands prints. */
export function output(name: string, ...pipe: readonly string[]): string {
	return `${name}=$(${pipe.join(' | ')})`;
}

/** Prints a word, as it is. */
export function print(...parts: readonly (string | Variable)[]): string {
	return `printf %s ${word(...parts)}`;
}

export const BASE64 = 'openssl base64 -A';
export const BASE64URL = `${BASE64} | tr '+/' '-_' | tr -d =`;

/** Bytes as hexadecimal digits. */
export const HEX = "od -An -tx1 -v | tr -d ' \\n'";
