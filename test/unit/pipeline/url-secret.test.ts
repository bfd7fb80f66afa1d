import assert from 'node:assert/strict';
import { decodeEvent } from '../../../core/event/codec';
import { runVerb } from '../../../core/operate/verbs';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import type { RenewedUrlSecret } from '../../../core/pipeline/receiver-results';
import { URL_SECRETS_COLLECTION } from '../../../core/receiver/url-secrets';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const FIRST = 'first-s3cret-s3cret';
const SECOND = 'second-s3cret-s3cret';
const HOUR = 3_600_000;

describe('the secret in the URL of a receiver', () => {
	let world: PipelineWorld;
	beforeEach(async () => (world = await pipelineWorld()));
	afterEach(() => world.close());

	const attach = (secret = FIRST, receiver: object = {}, holder: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: [{ kind: 'url-secret', secrets: [secret] }], ...receiver },
			[{ config: anExportInput() }],
			{ ...HOLDER, ...holder },
		).ready;
	const shown = () => world.pipeline.held().receivers[0]?.pushUrl;
	const renew = async () =>
		(await runVerb(world.pipeline, 'renewUrlSecret', { receiverId: 'r1' })) as RenewedUrlSecret;
	const restart = async () => {
		await world.pipeline.close();
		world.pipeline = await openPipeline({ store: world.store, clock: world.clock });
	};
	const push = async (secret: string, headers: object = {}) =>
		(await world.pipeline.accept('r1', aPush({ path: `/in/${secret}`, ...headers }))).status;
	const pushed = async (...secrets: string[]) => {
		const statuses: number[] = [];
		for (const secret of secrets) statuses.push(await push(secret));
		return statuses;
	};

	it('keeps the address of its receiver from being shown', async () => {
		const pushUrl = (secret = '') => `https://example.com/in${secret && `/${secret}`}`;
		await attach(FIRST, {}, { pushUrl });
		assert.equal(shown(), undefined);
		const auth = [{ kind: 'header-key', secrets: [SECOND] }];
		await attach(FIRST, { auth: [...auth, { kind: 'url-secret', secrets: [FIRST] }] }, { pushUrl });
		assert.equal(shown(), undefined, 'also where others are let in without it');
		await attach(FIRST, { auth }, { pushUrl });
		assert.equal(shown(), 'https://example.com/in');
		assert.equal(world.pipeline.held().receivers[0]?.split, 'one');
		await attach(FIRST, { auth, split: 'csv' });
		assert.equal(shown(), undefined, 'of a host that does not know');
		assert.equal(world.pipeline.held().receivers[0]?.split, 'csv');
	});

	it('is renewed: the new one counts at once, the former one for a day', async () => {
		await attach(FIRST, {}, { pushUrl: (secret?: string) => `https://example.com/in/${secret}` });
		assert.equal(await push(FIRST), 200);
		const { receiverId, urlSecret, url, formerUntil } = await renew();
		assert.deepEqual([receiverId, url], ['r1', `https://example.com/in/${urlSecret}`]);
		assert.equal(formerUntil, world.clock.now() + 24 * HOUR);
		assert.match(urlSecret, /^[\w-]{32}$/);
		assert.deepEqual(await pushed(urlSecret, FIRST, 'wrong-secret'), [200, 200, 401]);
		await world.clock.advance(24 * HOUR - 1);
		assert.deepEqual(await pushed(FIRST), [200]);
		await world.clock.advance(1);
		assert.deepEqual(await pushed(urlSecret, FIRST), [200, 401]);
		assert.equal((await world.store.peek('r1/main')).length, 5);
	});

	it('stays renewed over a restart, and where the same configuration is deployed anew', async () => {
		await attach();
		const { urlSecret } = await renew();
		await restart();
		await attach();
		assert.deepEqual(await pushed(urlSecret, FIRST), [200, 200]);
		await attach(FIRST, { maxBodyBytes: 1_000 });
		assert.deepEqual(await pushed(urlSecret, FIRST), [200, 200]);
		await world.clock.advance(24 * HOUR);
		await restart();
		await attach();
		assert.deepEqual(await pushed(urlSecret, FIRST), [200, 401]);
		assert.equal(typeof world.pipeline.held().receivers[0]?.urlSecretRenewedAt, 'number');
	});

	it('that a configuration changes leaves the former one for a day, too', async () => {
		await attach(FIRST);
		await restart();
		await attach(SECOND);
		assert.deepEqual(await pushed(SECOND, FIRST), [200, 200]);
		const { urlSecret } = await renew();
		assert.deepEqual(await pushed(urlSecret, SECOND, FIRST), [200, 200, 200]);
		await world.clock.advance(24 * HOUR);
		assert.deepEqual(await pushed(urlSecret, SECOND, FIRST), [200, 401, 401]);
		await attach(FIRST);
		assert.deepEqual(await pushed(FIRST, urlSecret, SECOND), [200, 200, 401]);
	});

	it('lets the former one in for as long as the receiver says, or not at all', async () => {
		await attach(FIRST, { formerUrlSecretMs: HOUR });
		const one = await renew();
		await world.clock.advance(HOUR);
		assert.deepEqual(await pushed(one.urlSecret, FIRST), [200, 401]);
		await attach(FIRST, { formerUrlSecretMs: 0 });
		const two = await renew();
		assert.deepEqual(await pushed(two.urlSecret, one.urlSecret), [200, 401]);
		assert.throws(() => attach(FIRST, { formerUrlSecretMs: -1 }), /formerUrlSecretMs: expected/);
	});

	it('that was renewed twice keeps the time of the first former one', async () => {
		await attach();
		await renew();
		await world.clock.advance(23 * HOUR);
		const { urlSecret } = await renew();
		await world.clock.advance(HOUR);
		assert.deepEqual(await pushed(urlSecret, FIRST), [200, 401]);
	});

	it('is nowhere in the store, in an event or in what is shown', async () => {
		await attach();
		const { urlSecret } = await renew();
		const headers = { 'x-original-uri': `/in/${urlSecret}`, 'x-kept': 'yes' };
		assert.equal(await push(urlSecret, { headers }), 200);
		const kept = await world.store.documents.get(URL_SECRETS_COLLECTION, 'r1');
		const [row] = await world.store.peek('r1/main');
		const event = decodeEvent(row?.payload as Uint8Array);
		assert.deepEqual([event.path, { ...event.headers }], ['/in', { 'x-kept': ['yes'] }]);
		const held = JSON.stringify(world.pipeline.held().receivers);
		const recent = JSON.stringify(world.pipeline.recentRequests('r1'));
		for (const text of [JSON.stringify(kept), held, recent])
			for (const secret of [FIRST, urlSecret]) assert.ok(!text.includes(secret), text);
	});

	it('that another process has renewed counts here', async () => {
		await attach();
		// As in a store that several processes share.
		Object.assign(world.store, { peers: { self: 'me', living: async () => new Set(['me']) } });
		const kept = await world.store.documents.get(URL_SECRETS_COLLECTION, 'r1');
		const { urlSecret } = await renew();
		const theirs = await world.store.documents.get(URL_SECRETS_COLLECTION, 'r1');
		// Back to what was before, as in the process that has not heard of it.
		await world.store.documents.put(URL_SECRETS_COLLECTION, 'r1', kept?.value);
		await attach(FIRST, { maxBodyBytes: 999 });
		assert.deepEqual(await pushed(urlSecret), [401]);
		await world.store.documents.put(URL_SECRETS_COLLECTION, 'r1', theirs?.value);
		assert.deepEqual(await pushed(urlSecret), [401]);
		await world.clock.advance(5_000);
		assert.deepEqual(await pushed(urlSecret, FIRST), [200, 200]);
	});

	it('is refused where there is none, or no such receiver', async () => {
		await attach(FIRST, { auth: OPEN });
		for (const receiverId of ['r1', 'other'])
			await assert.rejects(runVerb(world.pipeline, 'renewUrlSecret', { receiverId }), {
				code: 'ERR_CONFIG_INVALID',
				message: /receiverId: expected a receiver of this process that has a secret in its URL/,
			});
	});

	it('goes by the configuration where the document is damaged beyond reading', async () => {
		await attach();
		await renew();
		await restart();
		await world.store.documents.put(URL_SECRETS_COLLECTION, 'r1', { salt: 7 });
		await attach();
		assert.deepEqual(await pushed(FIRST), [200]);
	});
});
