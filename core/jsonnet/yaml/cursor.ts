import { runtimeError } from '../evaluate/run';

/** A place in the text of one YAML document, and the few questions that YAML's grammar asks of it. */
export class YamlCursor {
	readonly text: string;
	at = 0;
	/** Line of the document's begin in the whole text, for messages. */
	private readonly firstLine: number;
	private lineStart = 0;
	private line = 0;

	constructor(text: string, firstLine: number) {
		this.text = text;
		this.firstLine = firstLine;
	}

	get char(): string {
		return this.text.charAt(this.at);
	}

	get atEnd(): boolean {
		return this.at >= this.text.length;
	}

	/** Distance from the begin of the line. */
	get column(): number {
		return this.at - this.lineStart;
	}

	get lineNumber(): number {
		return this.line;
	}

	peek(ahead = 1): string {
		return this.text.charAt(this.at + ahead);
	}

	/** Whether the character some places on is a blank, a line break or the end. */
	isBlank(ahead = 0): boolean {
		const char = this.peek(ahead);
		return char === '' || char === ' ' || char === '\t' || char === '\n';
	}

	skipSpaces(): void {
		while (this.char === ' ' || this.char === '\t') this.at += 1;
	}

	/** Past a line break; the caller has seen that there is one. */
	nextLine(): void {
		this.at += 1;
		this.lineStart = this.at;
		this.line += 1;
	}

	/** To the end of the line when only a comment is left. */
	skipComment(): void {
		if (this.char !== '#') return;
		const end = this.text.indexOf('\n', this.at);
		this.at = end === -1 ? this.text.length : end;
	}

	/** To the next content, over blanks, comments and empty lines. A tab is no indent (J76). */
	skipToContent(): void {
		for (;;) {
			const isIndent = this.column === 0;
			while (this.char === ' ') this.at += 1;
			if (this.char === '\t') {
				const start = this.at;
				this.skipSpaces();
				const isEmpty = ['', '\n', '#'].includes(this.text.charAt(this.at));
				if (isIndent && !isEmpty) {
					this.at = start;
					throw this.fail('found character that cannot start any token');
				}
			}
			this.skipComment();
			if (this.char !== '\n') return;
			this.nextLine();
		}
	}

	/** After a value: only blanks and a comment may follow on its line. */
	endOfLine(): void {
		const before = this.at;
		this.skipSpaces();
		if (this.char === '#' && this.at > before) this.skipComment();
		if (!this.atEnd && this.char !== '\n') throw this.fail('did not find expected line break');
	}

	fail(message: string) {
		return runtimeError(`failed to parse YAML: line ${this.firstLine + this.line + 1}: ${message}`);
	}
}
