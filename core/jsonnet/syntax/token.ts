import { shorten } from '../../message-text';

import type { Span } from '../source';

/** The type of a keyword, symbol or operator is its own text. */
export interface Token extends Span {
	readonly type: string;
	/** The content of a string, the name of an identifier, the text of anything else. */
	readonly text: string;
	readonly number?: number;
	/** A string that was written as a text block `|||`. */
	readonly block?: boolean;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
	'assert',
	'else',
	'error',
	'false',
	'for',
	'function',
	'if',
	'import',
	'importstr',
	'importbin',
	'in',
	'local',
	'null',
	'self',
	'super',
	'tailstrict',
	'then',
	'true',
]);

/** How a token is named in an error. */
export function describeToken(token: Token): string {
	switch (token.type) {
		case 'end':
			return 'end of file';
		case 'string':
			return `string ${JSON.stringify(shorten(token.text, 41))}`;
		case 'number':
			return `number ${token.text}`;
		case 'identifier':
			return `identifier ${token.text}`;
		default:
			return `"${token.text}"`;
	}
}
