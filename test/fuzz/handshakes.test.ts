/** Whatever is asked for as a handshake gets one answer, inert and bounded, and what is stored is an event that was let in. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
	HANDSHAKE_KINDS,
	showsVerifyToken,
	type HandshakeKind,
} from '../../core/pure/handshake-kinds';
import { HANDSHAKES } from '../../core/receiver/handshakes/index';
import type { ReceiverInput } from '../../core/pipeline/parse-receiver';
import {
	aPush,
	anExportInput,
	HOLDER,
	pipelineWorld,
	type PipelineWorld,
} from '../support/pipeline-fixtures';
import { CONFIRMATION, fromSns, snsServers, TOPIC } from '../support/sns-sender';

/** `npm run fuzz` multiplies the runs. */
const RUNS = 300 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);
const SECRET = 'a secret that nobody is told';

/** Words of all handshakes, beside what nobody expects. */
const conditions = Object.values(HANDSHAKES).flatMap(({ requests }) =>
	requests.flatMap(({ when }) => when),
);
const word = fc.oneof(
	fc.constantFrom(...conditions.flatMap(({ equals = [] }) => equals), 'verify me', 'abc', '*', ''),
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.constantFrom('a\r\nset-cookie: x', '<script>', '\ud800', 'a'.repeat(3_000), '__proto__'),
);
const named = (of: 'query' | 'header') =>
	fc.dictionary(
		fc.constantFrom(
			...conditions.flatMap((one) => (of in one ? [Object(one)[of] as string] : [])),
			'hub.verify_token',
			'__proto__',
		),
		fc.array(word, { maxLength: 3 }),
		{ maxKeys: 4 },
	);
const json = fc.oneof(
	fc.record(
		{
			type: word,
			event: fc.oneof(word, fc.object()),
			challenge: fc.oneof(word, fc.object()),
			payload: fc.record({ plainToken: word }),
			Type: word,
		},
		{ requiredKeys: [] },
	),
	fc.array(fc.record({ eventType: word, data: fc.record({ validationCode: word }) })),
	fc.constant(
		JSON.parse(Buffer.from(fromSns(CONFIRMATION).body as Uint8Array).toString()) as object,
	),
);
const body = fc.oneof(
	json.map((value) => Buffer.from(JSON.stringify(value))),
	fc.uint8Array({ maxLength: 60 }),
);
const request = fc.record({
	method: fc.constantFrom('POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'post'),
	query: named('query'),
	headers: named('header'),
	body,
});

function receiverOf(kind: HandshakeKind): ReceiverInput {
	return {
		id: kind,
		auth: [
			{ kind: 'hmac', secrets: [SECRET] },
			{ kind: 'sns', topics: TOPIC },
		],
		handshake: { kind, ...(showsVerifyToken(kind) ? { secrets: ['verify me'] } : {}) },
	};
}

describe('fuzz: handshakes', function () {
	this.timeout(120_000);
	let world: PipelineWorld;

	before(async () => {
		world = await pipelineWorld(undefined, snsServers({}));
		for (const kind of HANDSHAKE_KINDS) {
			const config = anExportInput({ receiverId: kind });
			await world.pipeline.attachReceiver(receiverOf(kind), [{ config }], HOLDER).ready;
		}
	});
	after(() => world.close());

	it('an answer is one of a few, inert, and nothing is stored that nobody signed', async () => {
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...HANDSHAKE_KINDS), request, async (kind, given) => {
				const { status, headers, body: text } = await world.pipeline.accept(kind, aPush(given));
				assert.ok([200, 400, 401, 403, 405, 413, 503].includes(status), String(status));
				for (const value of Object.values(headers)) assert.match(value, /^[\t\x20-\x7e]*$/);
				assert.ok(text.length <= 5_000 && !text.includes(SECRET) && !text.includes('    at '));
				if (status === 200) {
					assert.equal(headers['x-content-type-options'], 'nosniff');
					assert.doesNotMatch(text, /[<>\p{Cc}]/u);
					assert.doesNotMatch(headers['content-type'] ?? '', /html|xml/);
				}
				assert.deepEqual(await world.store.peek(`${kind}/main`), []);
			}),
			{ numRuns: RUNS },
		);
	});
});
