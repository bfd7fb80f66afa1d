import assert from 'node:assert/strict';

/** An answer as a strict client reads it. */
export interface ReadAnswer {
	readonly status: number;
	/** Names in lower case; of two of a name the later one. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

const HEAD =
	/^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n/;

/**
 * All answers of a connection, interim ones left out (RFC 9112). Fails for what is no whole answer.
 *
 * @param received bytes as latin1
 */
export function readAnswers(received: string): ReadAnswer[] {
	const answers: ReadAnswer[] = [];
	let rest = received;
	while (rest !== '') {
		const found = HEAD.exec(rest);
		assert.ok(found, `no head of an answer: ${JSON.stringify(rest.slice(0, 300))}`);
		const status = Number(found[1]);
		rest = rest.slice(found[0].length);
		if (status < 200) continue;
		const headers = headersOf(found[2] ?? '');
		const { body, length } = bodyOf(status, headers, rest);
		rest = rest.slice(length);
		answers.push({ status, headers, body });
	}
	return answers;
}

function headersOf(text: string): Record<string, string> {
	const headers: Record<string, string> = Object.create(null);
	for (const line of text.split('\r\n')) {
		const colon = line.indexOf(':');
		if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
	}
	return headers;
}

function bodyOf(
	status: number,
	headers: Readonly<Record<string, string>>,
	rest: string,
): { readonly body: string; readonly length: number } {
	if (status === 204 || status === 304) return { body: '', length: 0 };
	if (headers['transfer-encoding'] === 'chunked') return chunksOf(rest);
	const declared = headers['content-length'];
	// Node ends what it cannot read without a body, and without saying so.
	const length = declared === undefined ? rest.length : Number(declared);
	assert.ok(Number.isInteger(length) && length <= rest.length, `${length} of ${rest.length} bytes`);
	return { body: rest.slice(0, length), length };
}

function chunksOf(rest: string): { readonly body: string; readonly length: number } {
	let body = '';
	for (let at = 0; ;) {
		const end = rest.indexOf('\r\n', at);
		const size = Number.parseInt(rest.slice(at, end), 16);
		assert.ok(end > at && size >= 0, 'a chunk without a size');
		const start = end + 2;
		assert.equal(rest.slice(start + size, start + size + 2), '\r\n', 'a chunk that is cut off');
		if (size === 0) return { body, length: start + 2 };
		body += rest.slice(start, start + size);
		at = start + size + 2;
	}
}

/** Those that have come whole, where the last one may be cut off. */
export function wholeAnswers(received: string): ReadAnswer[] {
	const heads = [...received.matchAll(/HTTP\/1\.1 /g)].map(({ index }) => index);
	for (const end of [received.length, ...heads.toReversed()]) {
		try {
			return readAnswers(received.slice(0, end));
		} catch {
			// Without it, then.
		}
	}
	return [];
}
