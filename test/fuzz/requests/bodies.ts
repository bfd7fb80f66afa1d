import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { BodyKind } from './places';

/** A body as it is sent, with the headers that describe it, or lie about it. */
export interface FuzzBody {
	readonly bytes: Buffer;
	readonly headers: readonly (readonly [string, string])[];
}

const TYPES: Record<BodyKind, string> = {
	json: 'application/json',
	array: 'application/json',
	ndjson: 'application/x-ndjson',
	csv: 'text/csv',
	cloudevents: 'application/cloudevents+json',
};

const word = fc.oneof(
	{ weight: 4, arbitrary: fc.string({ maxLength: 12 }) },
	fc.string({ unit: 'binary', maxLength: 12 }),
	fc.constantFrom('\ud800', '\u0000', '__proto__', 'constructor', '\ufeff', '"', '\r\n', '%00'),
);
const event = fc.oneof(
	fc.record({
		id: word,
		n: fc.nat(9),
		device: word,
		type: word,
		time: fc.oneof(word, fc.double()),
	}),
	fc.dictionary(word, fc.jsonValue(), { maxKeys: 4 }),
	fc.jsonValue(),
	fc.record({ type: fc.constant('url_verification'), challenge: word }),
);
const cloudEvent = fc
	.record({
		specversion: fc.constantFrom('1.0', '1.0', '1.0', '0.3', ''),
		id: word,
		source: word,
		type: word,
		data: fc.jsonValue(),
	})
	.map((given) => ({ ...given, id: given.id || 'x', source: given.source || '/', type: 't' }));

const csvCell = fc.oneof(
	fc.string({ maxLength: 6 }).map((text) => text.replace(/[",\r\n;]/g, '_')),
	word.map((text) => `"${text.replaceAll('"', '""')}"`),
	word,
);
const csv = fc
	.tuple(
		fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
		fc.array(fc.array(csvCell, { maxLength: 4 }), { maxLength: 5 }),
	)
	.map(([names, lines]) => [names, ...lines].map((cells) => cells.join(',')).join('\r\n'));

/** As their kind has them, before anything is done to them. */
const SOUND: Record<BodyKind, fc.Arbitrary<string>> = {
	json: event.map((value) => JSON.stringify(value)),
	array: fc.array(event, { maxLength: 5 }).map((values) => JSON.stringify(values)),
	ndjson: fc
		.array(event, { maxLength: 5 })
		.map((values) => values.map((value) => JSON.stringify(value)).join('\n')),
	csv,
	cloudevents: fc.oneof(
		cloudEvent.map((one) => JSON.stringify(one)),
		fc.array(cloudEvent, { maxLength: 4 }).map((some) => JSON.stringify(some)),
	),
};

const ODD: readonly Buffer[] = [
	'',
	'null',
	'"',
	'{"a":1}{"a":2}',
	'['.repeat(5_000),
	`${'{"a":'.repeat(600)}1${'}'.repeat(600)}`,
	'{"a":1e999999,"b":-0,"c":12345678901234567890}',
	'{"__proto__":{"x":1},"constructor":{"prototype":1}}',
	'a=1&b[]=2&%=%zz&__proto__=3',
	'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
	'--b\r\ncontent-disposition: form-data; name="a"; filename="../../x"\r\n\r\n1',
	'a,b\n1,2\n"3,4',
	'\ufeff{"a":1}',
	'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
	'x'.repeat(60_000),
].map((text) => Buffer.from(text));
const UTF16 = Buffer.from('{"a":1}', 'utf16le');

/** What is done to a body: nothing, mostly. */
const change = fc.oneof(
	{ weight: 6, arbitrary: fc.constant((bytes: Buffer) => bytes) },
	fc.nat().map((at) => (bytes: Buffer) => bytes.subarray(0, at % (bytes.length + 1))),
	fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (bytes: Buffer) => {
		const changed = Buffer.from(bytes);
		if (changed.length > 0) changed[at % changed.length] = byte;
		return changed;
	}),
	fc.constant((bytes: Buffer) => Buffer.concat([bytes, bytes])),
);

const CODINGS: Record<string, (bytes: Buffer) => Buffer> = {
	gzip: (bytes) => gzipSync(bytes),
	'x-gzip': (bytes) => gzipSync(bytes),
	deflate: (bytes) => deflateSync(bytes),
	'deflate ': (bytes) => deflateRawSync(bytes),
	br: (bytes) => brotliCompressSync(bytes),
	identity: (bytes) => bytes,
	GZIP: (bytes) => gzipSync(bytes),
	zstd: (bytes) => bytes,
	'': (bytes) => bytes,
	'gzip;q=1': (bytes) => bytes,
};
/** 20 MB that are 20 KB, and less in two layers. */
const BOMB = gzipSync(Buffer.alloc(20_000_000));
const BOMBS: readonly FuzzBody[] = [
	{ bytes: BOMB, headers: [['content-encoding', 'gzip']] },
	{ bytes: gzipSync(BOMB), headers: [['content-encoding', 'gzip, gzip']] },
	{ bytes: brotliCompressSync(Buffer.alloc(20_000_000)), headers: [['content-encoding', 'br']] },
];

const CONTENT_TYPES = [
	'application/json; charset=utf-16',
	'application/json; charset=no-such-charset',
	'application/json;charset="utf-8',
	'application/cloudevents-batch+json',
	'application/x-www-form-urlencoded',
	'multipart/form-data; boundary=b',
	'multipart/form-data',
	'application/xml',
	'text/plain; charset=latin1',
	'application/octet-stream',
	';;;',
	'a'.repeat(2_000),
];

/** Whether the headers are true of the body is left to chance. */
export function bodyOf(kind: BodyKind): fc.Arbitrary<FuzzBody> {
	const content = fc.oneof(
		{ weight: 8, arbitrary: SOUND[kind].map((text) => Buffer.from(text)) },
		fc.constantFrom(...ODD, UTF16),
		fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
	);
	const type = fc.oneof(
		{ weight: 8, arbitrary: fc.constant<string | undefined>(TYPES[kind]) },
		fc.constantFrom(undefined, ...CONTENT_TYPES),
	);
	const codings = fc.oneof(
		{ weight: 6, arbitrary: fc.constant<string[]>([]) },
		fc.array(fc.constantFrom(...Object.keys(CODINGS)), { minLength: 1, maxLength: 4 }),
	);
	const plain = fc
		.record({ content, change, type, codings, after: change })
		.map((given): FuzzBody => {
			const changed = given.change(given.content);
			const bytes = given.codings.reduce((left, name) => CODINGS[name]?.(left) ?? left, changed);
			return {
				bytes: given.after(bytes),
				headers: [
					...(given.type === undefined ? [] : [['content-type', given.type] as const]),
					...(given.codings.length === 0
						? []
						: [['content-encoding', given.codings.join(', ')] as const]),
				],
			};
		});
	return fc.oneof({ weight: 40, arbitrary: plain }, fc.constantFrom(...BOMBS));
}
