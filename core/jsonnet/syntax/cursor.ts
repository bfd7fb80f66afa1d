import { expectedHint, tokenHint } from '../hints/syntax-hints';
import { syntaxError } from './syntax-error';
import { describeToken } from './token';
import { tokenize } from './lexer';

import type { MappingError } from '../../errors';
import type { Source, Span } from '../source';
import type { Node } from './ast';
import type { Token } from './token';

/** Levels of brackets, functions, `if`, unary operators and the like in a source (J90). */
const MAX_NESTING = 200;

const OBJECT_WORDS: ReadonlySet<string> = new Set(['self', 'super', '$', 'local', 'assert']);

/** The tokens of one source and a place in them; also counts nesting for the parsers that share it. */
export class TokenCursor {
	private readonly source: Source;
	private readonly parseExpression: (cursor: TokenCursor) => Node;
	private readonly tokens: readonly Token[];
	/** Words taken so far that may need the frame of an object: see Field.usesFrame. */
	objectWords = 0;
	private at = 0;
	private nesting = 0;

	/** @param parseExpression given here so that the files of the parser need not import each other in a circle */
	constructor(source: Source, parseExpression: (cursor: TokenCursor) => Node) {
		this.source = source;
		this.parseExpression = parseExpression;
		this.tokens = tokenize(source);
	}

	expression(): Node {
		return this.parseExpression(this);
	}

	/** The token `ahead` of the next one; the last token is `end` for ever. */
	peek(ahead = 0): Token {
		const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
		if (token === undefined) throw new Error('a token list always ends with the token "end"');
		return token;
	}

	is(type: string): boolean {
		return this.peek().type === type;
	}

	next(): Token {
		const token = this.peek();
		if (OBJECT_WORDS.has(token.type)) this.objectWords += 1;
		this.at += 1;
		return token;
	}

	/** Takes the next token if it has this type. */
	accept(type: string): Token | undefined {
		return this.is(type) ? this.next() : undefined;
	}

	expect(type: string): Token {
		if (this.is(type)) return this.next();
		const wanted = type === 'identifier' || type === 'string' ? type : `"${type}"`;
		const hint = expectedHint(type, this.tokens, this.at);
		throw this.fail(this.peek(), `Expected ${wanted} but got ${describeToken(this.peek())}`, hint);
	}

	unexpected(where: string): MappingError {
		const token = this.peek();
		return this.fail(token, `Unexpected ${describeToken(token)} while parsing ${where}`);
	}

	fail(span: Span, message: string, hint?: string): MappingError {
		const isNext = span === this.peek();
		return syntaxError(this.source, span, message, {
			hint: hint ?? (isNext ? tokenHint(this.tokens, this.at) : undefined),
		});
	}

	/** Whether the last token taken is a text block that starts here. */
	isTextBlockAt(start: number): boolean {
		const last = this.tokens[this.at - 1];
		return last !== undefined && last.start === start && last.block === true;
	}

	/** End of the last token taken. */
	get lastEnd(): number {
		return this.tokens[this.at - 1]?.end ?? 0;
	}

	enter(): void {
		this.nesting += 1;
		if (this.nesting > MAX_NESTING) {
			throw this.fail(this.peek(), `Nested deeper than ${MAX_NESTING} levels`);
		}
	}

	leave(levels = 1): void {
		this.nesting -= levels;
	}
}
