import fc from 'fast-check';
import { signRequest } from '../../../core/signature/sign-request';
import { bodyOf, type FuzzBody } from './bodies';
import type { FuzzPlace } from './places';

/** What one connection sends, and how it ends. */
export interface FuzzConnection {
	readonly requests: readonly FuzzRequest[];
	/** Places in the bytes after which the rest comes later; of 1,000. */
	readonly cuts: readonly number[];
	/** close: our side ends when all is sent. abort: it breaks off after so much of 1,000. */
	readonly end: { readonly kind: 'close' } | { readonly kind: 'abort'; readonly after: number };
}

export interface FuzzRequest {
	readonly place: FuzzPlace;
	readonly method: string;
	/** In the place of the right one. */
	readonly target?: string;
	readonly version: string;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: FuzzBody;
	readonly framing: Framing;
	/** Of what proves its sender: right, of another body, or none. */
	readonly proof: 'right' | 'wrong' | 'none';
	/** Bytes of the head that are another one. */
	readonly noise?: readonly [at: number, byte: number];
}

export type Framing =
	| 'length'
	| 'chunks'
	| 'tooLong'
	| 'tooShort'
	| 'lengthTwice'
	| 'oddLength'
	| 'lengthAndChunks'
	| 'oddEncoding'
	| 'oddChunks'
	| 'none';

const FRAMINGS: readonly Framing[] = [
	'tooLong',
	'tooShort',
	'lengthTwice',
	'oddLength',
	'lengthAndChunks',
	'oddEncoding',
	'oddChunks',
	'none',
];

const HEADERS: readonly (readonly [string, string])[] = [
	['host', 'another'],
	['connection', 'close'],
	['connection', 'keep-alive, content-length'],
	['connection', 'upgrade'],
	['upgrade', 'h2c'],
	['expect', '100-continue'],
	['expect', 'something'],
	['origin', 'https://example.com'],
	['access-control-request-method', 'POST'],
	['x-forwarded-for', '1.2.3.4, ::1, "'],
	['ce-id', '%zz%00'],
	['ce-specversion', '1.0'],
	['ce-type', 'a'],
	['ce-source', '\u00ff'],
	['x-long', 'y'.repeat(17_000)],
	['x-bytes', '\u0080\u00ff'],
	['__proto__', 'x'],
	['cookie', 'a=b; c'],
	['x-timestamp', 'never'],
	['authorization', 'Basic Zm9v'],
	['x-hook-secret', 'a\tb'],
	['te', 'trailers'],
	['trailer', 'content-length'],
];

const odd = (target: string): readonly string[] => [
	`http://example.com${target}`,
	`HTTPS://user:pass@example.com:99999${target}`,
	`//example.com${target}`,
	`${target}/`,
	`${target}//../`,
	`${target}%2f`,
	`${target}?%`,
	`${target}?${'a=%F0%9F&'.repeat(900)}`,
	`${target}?__proto__=1&hub.challenge=%3Cb%3E&validationToken=x`,
	`${target}#fragment`,
	`${target}%00`,
	`${target}${'/%2e%2e'.repeat(50)}`,
	`${target}/${'x'.repeat(7_000)}`,
	`${target}\u00ff`,
	'*',
	'example.com:443',
	'/',
	'/in/nowhere',
];

/** Mostly what a place takes, with something wrong here and there. */
function requestTo(place: FuzzPlace): fc.Arbitrary<FuzzRequest> {
	return fc
		.record({
			method: fc.oneof(
				{ weight: 12, arbitrary: fc.constant('POST') },
				fc.constantFrom(
					'GET',
					'PUT',
					'OPTIONS',
					'DELETE',
					'post',
					'PATCH',
					'M-SEARCH',
					'P\u00d6ST',
				),
			),
			target: fc.oneof(
				{ weight: 9, arbitrary: fc.constant<string | undefined>(undefined) },
				fc.constantFrom(...odd(place.target)),
			),
			version: fc.oneof(
				{ weight: 15, arbitrary: fc.constant('HTTP/1.1') },
				fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', ''),
			),
			headers: fc.oneof(
				{ weight: 3, arbitrary: fc.constant<(readonly [string, string])[]>([]) },
				fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 }),
			),
			body: bodyOf(place.body),
			framing: fc.oneof(
				{ weight: 8, arbitrary: fc.constantFrom<Framing>('length', 'length', 'chunks') },
				fc.constantFrom(...FRAMINGS),
			),
			proof: fc.oneof(
				{ weight: 4, arbitrary: fc.constant('right' as const) },
				fc.constantFrom('wrong' as const, 'none' as const),
			),
			noise: fc.oneof(
				{ weight: 15, arbitrary: fc.constant(undefined) },
				fc.tuple(fc.nat(), fc.nat(255)),
			),
		})
		.map(({ target, noise, ...given }) => ({
			place,
			...given,
			...(target === undefined ? {} : { target }),
			...(noise === undefined ? {} : { noise }),
		}));
}

export function connectionTo(places: readonly FuzzPlace[]): fc.Arbitrary<FuzzConnection> {
	const request = fc.constantFrom(...places).chain(requestTo);
	const connection = fc.record({
		requests: fc.oneof(
			{ weight: 3, arbitrary: fc.array(request, { minLength: 1, maxLength: 1 }) },
			fc.array(request, { minLength: 2, maxLength: 4 }),
		),
		cuts: fc.array(fc.nat(1_000), { maxLength: 4 }),
		end: fc.oneof(
			{ weight: 6, arbitrary: fc.constant({ kind: 'close' as const }) },
			fc.nat(1_000).map((after) => ({ kind: 'abort' as const, after })),
		),
	});
	return connection.map((one) => Object.assign(one, { [fc.toStringMethod]: () => show(one) }));
}

/** Bodies are long, and a failure is run again by its seed. */
function show({ requests, cuts, end }: FuzzConnection): string {
	const shown = requests.map(({ place, body, ...request }) => ({
		...request,
		to: place.target,
		body: body.bytes.subarray(0, 200).toString('latin1'),
		bodyHeaders: body.headers,
		bytes: body.bytes.length,
	}));
	const text = JSON.stringify({ shown, cuts, end });
	return text.length < 4_000 ? text : `${text.slice(0, 4_000)} …`;
}

/** Whether any server can tell that it is whole. */
export function isPlain({
	method,
	target,
	version,
	headers,
	framing,
	noise,
}: FuzzRequest): boolean {
	const isFramed = framing === 'length' || framing === 'chunks';
	return (
		method === 'POST' && !target && version === 'HTTP/1.1' && isFramed && !noise && !headers[0]
	);
}

/** @param mark a header by which what is stored of it is known again */
export async function bytesOf(request: FuzzRequest, mark: string): Promise<Buffer> {
	const { place, method, version, body, framing, noise } = request;
	const target = request.target ?? place.target;
	const proof = await proofOf(request);
	const lines = [
		`${method} ${target}${version === '' ? '' : ` ${version}`}`,
		'host: x',
		`x-mark: ${mark}`,
		...[...proof, ...request.headers, ...body.headers].map(([name, value]) => `${name}: ${value}`),
	];
	const { headers, bytes } = framed(framing, body.bytes);
	const head = Buffer.from([...lines, ...headers, '', ''].join('\r\n'), 'latin1');
	if (noise) head[noise[0] % head.length] = noise[1];
	return Buffer.concat([head, bytes]);
}

async function proofOf({ place, body, proof }: FuzzRequest): Promise<[string, string][]> {
	if (proof === 'none') return [];
	const shown = Object.entries(place.headers ?? {});
	if (!place.signs) return proof === 'right' ? shown : shown.map(([name]) => [name, 'Bearer no']);
	const bytes = proof === 'right' ? body.bytes : Buffer.from('another body');
	const unsigned = { method: 'POST', url: `http://x${place.target}`, body: bytes, now: Date.now() };
	return Object.entries(await signRequest(unsigned, [place.signs]));
}

function framed(
	framing: Framing,
	bytes: Buffer,
): { readonly headers: readonly string[]; readonly bytes: Buffer } {
	const length = (value: number | string) => `content-length: ${value}`;
	const chunked = 'transfer-encoding: chunked';
	switch (framing) {
		case 'length':
			return { headers: [length(bytes.length)], bytes };
		case 'tooLong':
			return { headers: [length(bytes.length + 7)], bytes };
		case 'tooShort':
			return { headers: [length(Math.max(0, bytes.length - 7))], bytes };
		case 'lengthTwice':
			return { headers: [length(bytes.length), length(bytes.length + 1)], bytes };
		case 'oddLength':
			return { headers: [length(`+${bytes.length}`)], bytes };
		case 'chunks':
			return { headers: [chunked], bytes: chunks(bytes, '') };
		case 'lengthAndChunks':
			return { headers: [length(bytes.length), chunked], bytes: chunks(bytes, '') };
		case 'oddEncoding':
			return { headers: ['transfer-encoding: gzip, chunked'], bytes: chunks(bytes, ';a="b"') };
		case 'oddChunks':
			return { headers: [chunked], bytes: chunks(bytes, ';\r') };
		case 'none':
			return { headers: [], bytes };
	}
}

/** In pieces of growing size, with an extension and a trailer. */
function chunks(bytes: Buffer, extension: string): Buffer {
	const parts: Buffer[] = [];
	for (let at = 0, size = 1; at < bytes.length; at += size, size *= 3) {
		const part = bytes.subarray(at, at + size);
		parts.push(
			Buffer.from(`${part.length.toString(16)}${extension}\r\n`),
			part,
			Buffer.from('\r\n'),
		);
	}
	return Buffer.concat([...parts, Buffer.from('0\r\nx-trailer: 1\r\n\r\n')]);
}
