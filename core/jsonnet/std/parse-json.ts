/** `std.parseJson`: strict JSON, read by our own parser, since it counts what it makes and knows its depth (J75, J93). */
import { objectOf } from '../evaluate/fields';
import { allocate, allocateString, charge, enter, leave, runtimeError } from '../evaluate/run';

import type { Value } from '../evaluate/value';

export function parseJson(text: string): Value {
	charge(text.length >>> 4);
	const reader = new JsonReader(text);
	const value = reader.value();
	reader.end();
	return value;
}

class JsonReader {
	private readonly text: string;
	private at = 0;

	constructor(text: string) {
		this.text = text;
	}

	end(): void {
		this.skipBlanks();
		if (this.at < this.text.length) throw this.fail('after top-level value');
	}

	value(): Value {
		this.skipBlanks();
		const char = this.text.charAt(this.at);
		switch (char) {
			case '{':
				return this.object();
			case '[':
				return this.array();
			case '"':
				return this.string();
			case 't':
				return this.word('true', true);
			case 'f':
				return this.word('false', false);
			case 'n':
				return this.word('null', null);
			default:
				return this.number();
		}
	}

	private word(word: string, value: boolean | null): boolean | null {
		if (!this.text.startsWith(word, this.at)) throw this.fail('looking for beginning of value');
		this.at += word.length;
		return value;
	}

	private object(): Value {
		enter(undefined);
		// The last duplicate wins, and a Map knows no prototype (J92).
		const entries = new Map<string, Value>();
		this.at += 1;
		this.skipBlanks();
		if (!this.accept('}')) {
			do {
				this.skipBlanks();
				if (this.text.charAt(this.at) !== '"') throw this.fail('looking for object key string');
				const name = this.string();
				this.skipBlanks();
				if (!this.accept(':')) throw this.fail('after object key');
				entries.set(name, this.value());
				charge(1);
				this.skipBlanks();
			} while (this.accept(','));
			if (!this.accept('}')) throw this.fail('after object key:value pair');
		}
		leave();
		return objectOf([...entries]);
	}

	private array(): Value {
		enter(undefined);
		const items: Value[] = [];
		this.at += 1;
		this.skipBlanks();
		if (!this.accept(']')) {
			do {
				allocate(1);
				charge(1);
				items.push(this.value());
				this.skipBlanks();
			} while (this.accept(','));
			if (!this.accept(']')) throw this.fail('after array element');
		}
		leave();
		return items;
	}

	private string(): string {
		const { text } = this;
		let end = this.at + 1;
		let isPlain = true;
		for (;;) {
			const unit = text.charCodeAt(end);
			if (Number.isNaN(unit) || unit < 0x20) {
				this.at = end;
				throw this.fail('in string literal');
			}
			if (unit === 0x22) break;
			if (unit === 0x5c) {
				isPlain = false;
				end += 1;
			}
			end += 1;
		}
		const raw = text.slice(this.at, end + 1);
		allocateString(raw.length - 2);
		const value = isPlain ? raw.slice(1, -1) : this.unescape(raw);
		this.at = end + 1;
		return value;
	}

	/** The escapes of JSON are those of the host's parser; a lone surrogate becomes U+FFFD. */
	private unescape(raw: string): string {
		try {
			const value: unknown = JSON.parse(raw);
			return wellFormed(String(value));
		} catch {
			throw this.fail('in string escape code');
		}
	}

	private number(): number {
		const { text } = this;
		const start = this.at;
		let at = start;
		const digits = () => {
			const from = at;
			while (isDigit(text.charAt(at))) at += 1;
			if (at > from) return;
			this.at = at;
			throw this.fail(from === start ? 'looking for beginning of value' : 'in numeric literal');
		};
		if (text.charAt(at) === '-') at += 1;
		if (text.charAt(at) === '0') at += 1;
		else digits();
		if (text.charAt(at) === '.') {
			at += 1;
			digits();
		}
		if (text.charAt(at) === 'e' || text.charAt(at) === 'E') {
			at += 1;
			if (text.charAt(at) === '+' || text.charAt(at) === '-') at += 1;
			digits();
		}
		const value = Number(text.slice(start, at));
		if (!Number.isFinite(value)) throw this.fail('in a number that overflows');
		this.at = at;
		return value;
	}

	private accept(char: string): boolean {
		if (this.text.charAt(this.at) !== char) return false;
		this.at += 1;
		return true;
	}

	private skipBlanks(): void {
		while (' \t\n\r'.includes(this.text.charAt(this.at)) && this.at < this.text.length)
			this.at += 1;
	}

	private fail(where: string) {
		const char = this.text.charAt(this.at);
		const problem =
			char === '' ? 'unexpected end of JSON input' : `invalid character ${JSON.stringify(char)}`;
		return runtimeError(`failed to parse JSON: ${problem} ${where}, at ${this.at}`);
	}
}

function isDigit(char: string): boolean {
	return char >= '0' && char <= '9';
}

function wellFormed(text: string): string {
	let result = '';
	for (const char of text) result += isLoneSurrogate(char) ? '\ufffd' : char;
	return result;
}

function isLoneSurrogate(char: string): boolean {
	return char.length === 1 && char >= '\ud800' && char <= '\udfff';
}
