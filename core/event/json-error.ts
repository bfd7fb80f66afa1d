/** Why and where (UTF-16 index) a text is no JSON. */
export interface JsonError {
	readonly index: number;
	readonly problem: string;
}

const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/**
 * Finds the first place at which a text stops being JSON. Run on failure only: V8 often gives no position, and its
 * messages contain the text. Keeps its own stack, so that deep nesting cannot overflow the process's.
 */
export function findJsonError(text: string): JsonError {
	const open: string[] = [];
	let index = skipSpace(text, 0);
	let expected: 'value' | 'first' | 'key' | 'separator' = 'value';
	for (;;) {
		const char = text.charAt(index);
		if (char === '') return { index, problem: open.length ? 'unexpected end' : endProblem(text) };
		const closer = CLOSERS[open.at(-1) ?? ''];
		if (closer !== undefined && char === closer && expected !== 'value' && expected !== 'key') {
			open.pop();
			expected = 'separator';
			index += 1;
		} else if (expected === 'separator') {
			if (closer === undefined || char !== ',') return { index, problem: 'unexpected character' };
			expected = closer === '}' ? 'key' : 'value';
			index += 1;
		} else if (expected === 'key' || (expected === 'first' && closer === '}')) {
			const end = scanString(text, index);
			if (typeof end !== 'number') return end;
			const colon = skipSpace(text, end);
			if (text.charAt(colon) !== ':') return unexpected(text, colon);
			index = colon + 1;
			expected = 'value';
		} else if (CLOSERS[char] !== undefined) {
			open.push(char);
			expected = 'first';
			index += 1;
		} else {
			const end = scanScalar(text, index);
			if (typeof end !== 'number') return end;
			expected = 'separator';
			index = end;
		}
		index = skipSpace(text, index);
		if (open.length === 0 && expected === 'separator' && index >= text.length) {
			// Nothing wrong was found: the caller's parser is stricter than the grammar.
			return { index, problem: 'not readable' };
		}
	}
}

function endProblem(text: string): string {
	return text.trim() === '' ? 'empty text' : 'unexpected end';
}

function unexpected(text: string, index: number): JsonError {
	return { index, problem: index >= text.length ? 'unexpected end' : 'unexpected character' };
}

function skipSpace(text: string, start: number): number {
	let index = start;
	while (' \t\n\r'.includes(text.charAt(index)) && index < text.length) index += 1;
	return index;
}

function scanScalar(text: string, start: number): number | JsonError {
	if (text.charAt(start) === '"') return scanString(text, start);
	for (const word of ['true', 'false', 'null']) {
		if (text.charAt(start) === word.charAt(0)) return scanWord(text, start, word);
	}
	return scanNumber(text, start);
}

function scanWord(text: string, start: number, word: string): number | JsonError {
	for (let i = 0; i < word.length; i++) {
		if (text.charAt(start + i) !== word.charAt(i)) return unexpected(text, start + i);
	}
	return start + word.length;
}

function scanNumber(text: string, start: number): number | JsonError {
	let index = text.charAt(start) === '-' ? start + 1 : start;
	const digits = (): boolean => {
		const from = index;
		while (/\d/.test(text.charAt(index))) index += 1;
		return index > from;
	};
	if (text.charAt(index) === '0') index += 1;
	else if (!digits()) return unexpected(text, index);
	if (text.charAt(index) === '.') {
		index += 1;
		if (!digits()) return unexpected(text, index);
	}
	if (/[eE]/.test(text.charAt(index))) {
		index += 1;
		if (/[+-]/.test(text.charAt(index))) index += 1;
		if (!digits()) return unexpected(text, index);
	}
	return index;
}

function scanString(text: string, start: number): number | JsonError {
	if (text.charAt(start) !== '"') return unexpected(text, start);
	for (let index = start + 1; index < text.length; index++) {
		const char = text.charAt(index);
		if (char === '"') return index + 1;
		if (char < ' ') return { index, problem: 'control character in a string' };
		if (char !== '\\') continue;
		const escape = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(index + 1, index + 6));
		if (!escape) return { index, problem: 'invalid escape' };
		index += escape[0].length;
	}
	return { index: text.length, problem: 'unexpected end' };
}
