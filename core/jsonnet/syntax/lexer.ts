import { characterHint } from '../hints/syntax-hints';
import { readNumber } from './number-literal';
import { readString, readVerbatim } from './string-literal';
import { syntaxError } from './syntax-error';
import { readTextBlock } from './text-block';
import { KEYWORDS } from './token';

import type { Source } from '../source';
import type { Token } from './token';

const SYMBOLS = '{}[](),.;';
const OPERATOR_CHARACTERS = '!$:~+-&|^=<>*/%';
/** Never the last of a longer operator, so that `a==-1` and `{a:-$.x}` need no blanks. */
const PREFIX_CHARACTERS = '+-~!$';

/** Splits a source into tokens; the last is of type `end`. Linear in the length of the source (J103). */
export function tokenize(source: Source): Token[] {
	return new Lexer(source).run();
}

class Lexer {
	private readonly source: Source;
	private readonly text: string;
	private readonly tokens: Token[] = [];
	private at = 0;
	/** Up to here every operator is one character: a run of prefix operators is measured only once. */
	private singlesUntil = 0;

	constructor(source: Source) {
		this.source = source;
		this.text = source.text;
	}

	run(): Token[] {
		for (;;) {
			this.skipBlanks();
			const { at, text } = this;
			if (at >= text.length) {
				this.tokens.push({ type: 'end', text: '', start: at, end: at });
				return this.tokens;
			}
			this.next(text.charAt(at));
		}
	}

	private next(char: string): void {
		const { at, source, text } = this;
		if (SYMBOLS.includes(char)) this.push(char, char, at + 1);
		else if (isDigit(char)) this.readNumber();
		else if (isWordStart(char)) this.readWord();
		else if (char === '"' || char === "'") this.pushString(readString(source, at));
		else if (char === '@') this.pushString(readVerbatim(source, at));
		else if (text.startsWith('|||', at)) this.pushString(readTextBlock(source, at), true);
		else if (OPERATOR_CHARACTERS.includes(char)) this.readOperator();
		else {
			const shown = String.fromCodePoint(text.codePointAt(at) ?? 0);
			throw syntaxError(
				source,
				{ start: at, end: at + shown.length },
				`Could not lex the character ${JSON.stringify(shown)}`,
				{ hint: characterHint(text, at) },
			);
		}
	}

	private push(type: string, text: string, end: number): void {
		this.tokens.push({ type, text, start: this.at, end });
		this.at = end;
	}

	private pushString(literal: { value: string; end: number }, block = false): void {
		const token = { type: 'string', text: literal.value, start: this.at, end: literal.end, block };
		this.tokens.push(token);
		this.at = literal.end;
	}

	private readNumber(): void {
		const { value, end } = readNumber(this.source, this.at);
		const text = this.text.slice(this.at, end);
		this.tokens.push({ type: 'number', text, number: value, start: this.at, end });
		this.at = end;
	}

	private readWord(): void {
		let end = this.at + 1;
		while (end < this.text.length && isWord(this.text.charAt(end))) end += 1;
		const word = this.text.slice(this.at, end);
		this.push(KEYWORDS.has(word) ? word : 'identifier', word, end);
	}

	/** The longest run of operator characters, without comments or `|||` in it and without trailing prefix operators. */
	private readOperator(): void {
		const { at, text } = this;
		if (at < this.singlesUntil) {
			this.push(text.charAt(at), text.charAt(at), at + 1);
			return;
		}
		let runEnd = at;
		while (runEnd < text.length && OPERATOR_CHARACTERS.includes(text.charAt(runEnd))) {
			if (runEnd > at && startsComment(text, runEnd)) break;
			if (runEnd > at && text.startsWith('|||', runEnd)) break;
			runEnd += 1;
		}
		let end = runEnd;
		while (end > at + 1 && PREFIX_CHARACTERS.includes(text.charAt(end - 1))) end -= 1;
		this.singlesUntil = runEnd;
		const operator = text.slice(at, end);
		this.push(operator, operator, end);
	}

	private skipBlanks(): void {
		const { text } = this;
		while (this.at < text.length) {
			const char = text.charAt(this.at);
			if (char === ' ' || char === '\t' || char === '\n' || char === '\r') {
				this.at += 1;
			} else if (char === '#' || text.startsWith('//', this.at)) {
				const end = text.indexOf('\n', this.at);
				this.at = end === -1 ? text.length : end + 1;
			} else if (text.startsWith('/*', this.at)) {
				const end = text.indexOf('*/', this.at + 2);
				if (end === -1) {
					const span = { start: this.at, end: this.at + 2 };
					throw syntaxError(this.source, span, 'Multi-line comment has no terminating */');
				}
				this.at = end + 2;
			} else {
				return;
			}
		}
	}
}

function startsComment(text: string, at: number): boolean {
	return text.startsWith('//', at) || text.startsWith('/*', at);
}

function isDigit(char: string): boolean {
	return char >= '0' && char <= '9';
}

function isWordStart(char: string): boolean {
	return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';
}

function isWord(char: string): boolean {
	return isWordStart(char) || isDigit(char);
}
