import assert from 'node:assert/strict';
import { RECEIVER_LIMITS } from '../../../core/pure/bounds';
import { Admission } from '../../../core/receiver/admission';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

/** A body of which nothing may be read. */
const unreadable = (): AsyncIterable<Uint8Array> => ({
	[Symbol.asyncIterator]() {
		throw new Error('it was read');
	},
});

const KEY = 'the-shared-key';

describe('the limits of a receiver', () => {
	let world: PipelineWorld;
	beforeEach(async () => (world = await pipelineWorld()));
	afterEach(() => world.close());

	const attach = (limits: object, receiver: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, limits, ...receiver } as never,
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
	const push = (overrides: object = {}) => world.pipeline.accept('r1', aPush(overrides));
	const statuses = async (count: number, overrides: object = {}) =>
		(await Promise.all(Array.from({ length: count }, () => push(overrides)))).map(
			({ status }) => status,
		);
	const counts = () => world.pipeline.held().receivers[0];

	it('refuse with 429 and Retry-After what is more than the rate, and take it again in time', async () => {
		await attach({ rate: { perSecond: 2, burst: 3 } });
		assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
		const { headers, body } = await push();
		assert.equal(headers['retry-after'], '1');
		assert.equal(JSON.parse(body).error, 'ERR_RATE_LIMITED');
		await world.clock.advance(1_000);
		assert.deepEqual(await statuses(3), [200, 200, 429]);
		assert.deepEqual([counts()?.accepted, counts()?.refused, counts()?.limited], [5, 3, 3]);
	});

	it('of a minute are told with the seconds until the next one', async () => {
		await attach({ rate: { perMinute: 2 } });
		assert.deepEqual(await statuses(3), [200, 200, 429]);
		assert.equal((await push()).headers['retry-after'], '30');
	});

	it('of each client count by its address, IPv6 by its network', async () => {
		await attach({ clientRate: { perSecond: 1 } });
		const from = async (remoteAddress: string) => (await push({ remoteAddress })).status;
		assert.deepEqual([await from('192.0.2.1'), await from('192.0.2.1')], [200, 429]);
		assert.deepEqual([await from('::ffff:192.0.2.1'), await from('192.0.2.2')], [429, 200]);
		assert.deepEqual([await from('2001:db8::1'), await from('2001:0db8:0:0:9::2')], [200, 429]);
		assert.deepEqual([await from('2001:db8:0:1::1'), await from('::1')], [200, 200]);
	});

	it('of the receiver are not used up by who cannot prove who it is', async () => {
		await attach({ rate: { perSecond: 1 } }, { auth: [{ kind: 'header-key', secrets: [KEY] }] });
		assert.deepEqual(await statuses(20), Array(20).fill(401));
		const headers = { 'x-api-key': KEY };
		assert.deepEqual(await statuses(2, { headers }), [200, 429]);
	});

	it('of each client count what fails as well', async () => {
		await attach(
			{ clientRate: { perMinute: 2 } },
			{ auth: [{ kind: 'header-key', secrets: [KEY] }] },
		);
		assert.deepEqual(await statuses(3), [401, 401, 429]);
	});

	it('refuse with 503 what would be worked on at once beyond them, and count down', async () => {
		await attach({ concurrency: 2 }, { auth: [{ kind: 'header-key', secrets: [KEY] }] });
		const known = { headers: { 'x-api-key': KEY } };
		const waiting = [push(known), push(known)];
		const { status, headers, body: text } = await push({ body: unreadable() });
		assert.deepEqual([status, headers['retry-after']], [503, '1']);
		assert.equal(JSON.parse(text).error, 'ERR_RECEIVER_BUSY');
		assert.deepEqual(
			(await Promise.all(waiting)).map((one) => one.status),
			[200, 200],
		);
		// Also after one that was refused when it had a place.
		assert.deepEqual(await statuses(2), [401, 401]);
		assert.deepEqual(await statuses(2, known), [200, 200]);
		assert.equal(counts()?.limited, 1);
	});

	it('do not count a request whose body still comes, nor one whose body never does', async () => {
		await attach({ concurrency: 2 });
		let end = (): void => {};
		const ended = new Promise<void>((resolve) => (end = resolve));
		const slow = async function* () {
			yield Buffer.from('{}');
			await ended;
		};
		const broken = async function* () {
			yield Buffer.from('{');
			throw new Error('the connection ended');
		};
		const coming = [1, 2, 3].map(() => push({ body: slow() }));
		assert.deepEqual([(await push({ body: broken() })).status, (await push()).status], [400, 200]);
		end();
		// They have come at once, and are worked on at once.
		const answers = (await Promise.all(coming)).map(({ status }) => status);
		assert.deepEqual(answers, [200, 200, 503]);
		assert.deepEqual(await statuses(2), [200, 200]);
	});

	it('read no byte of a body that is refused', async () => {
		await attach({ rate: { perSecond: 1 } });
		await push();
		assert.equal((await push({ body: unreadable() })).status, 429);
	});

	it('go on over a redeploy that does not change them, and begin anew where it does', async () => {
		const limits = { rate: { perMinute: 1 } };
		await attach(limits);
		await push();
		await attach(limits, { maxBodyBytes: 100 });
		assert.equal((await push()).status, 429);
		await attach({ rate: { perMinute: 2 } });
		assert.equal((await push()).status, 200);
	});

	it('are refused out of their bounds, by name', async () => {
		for (const [limits, message] of [
			[{ rate: {} }, /limits\.rate: expected perSecond, perMinute or both/],
			[{ rate: { perSecond: 0 } }, /limits\.rate\.perSecond: expected/],
			[{ clientRate: { perMinute: 1, burst: 0 } }, /limits\.clientRate\.burst: expected/],
			[{ concurrency: 10_001 }, /limits\.concurrency: expected/],
			[{ per: 1 }, /limits\.per: expected one of/],
		] as const)
			assert.throws(() => attach(limits), { code: 'ERR_CONFIG_INVALID', message });
	});

	it('do not fill the log in a flood', async () => {
		const lines: string[] = [];
		const logger = { debug() {}, warn() {}, error() {}, info: (text: string) => lines.push(text) };
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, limits: { rate: { perMinute: 1 } } },
			[{ config: anExportInput() }],
			{ ...HOLDER, logger },
		).ready;
		await statuses(30);
		assert.equal(lines.filter((line) => line.includes('ERR_RATE_LIMITED')).length, 1);
		await world.clock.advance(59_000);
		await statuses(3);
		await world.clock.advance(2_000);
		await statuses(3);
		assert.equal(lines.filter((line) => line.includes('ERR_RATE_LIMITED')).length, 2);
	});

	it('remember a bounded number of clients', () => {
		const admission = new Admission({ clientRate: { perMinute: 1 } });
		const enter = (client: number) => admission.enter(aPush(), `192.0.2.${client}`, 0);
		for (let client = 0; client < RECEIVER_LIMITS.clients; client++) enter(client);
		assert.throws(() => enter(0));
		enter(RECEIVER_LIMITS.clients);
		// Who asked last stays, and who did not for longest is forgotten.
		assert.throws(() => enter(0));
		assert.doesNotThrow(() => enter(1));
	});
});
