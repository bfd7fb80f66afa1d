/** Lines of a stream, bounded: without an end in time the line is none. */
export class Lines {
	readonly #maxBytes: number;
	#parts: Buffer[] = [];
	#bytes = 0;

	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** @returns the lines that end in it, without their ends; undefined once one is too long */
	take(chunk: Buffer): Buffer[] | undefined {
		const lines: Buffer[] = [];
		let rest = chunk;
		for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
			if (!this.#keep(rest.subarray(0, end))) return undefined;
			lines.push(Buffer.concat(this.#parts, this.#bytes));
			this.#parts = [];
			this.#bytes = 0;
			rest = rest.subarray(end + 1);
		}
		return this.#keep(rest) ? lines : undefined;
	}

	#keep(part: Buffer): boolean {
		this.#bytes += part.length;
		if (part.length > 0) this.#parts.push(part);
		return this.#bytes <= this.#maxBytes;
	}
}
