import assert from 'node:assert/strict';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { SECRET_USES_COLLECTION } from '../../../core/receiver/secret-uses';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const [CURRENT, FORMER] = ['the-current-key', 'the-former-key'];

describe('the secrets of a receiver in use', () => {
	let world: PipelineWorld;
	beforeEach(async () => (world = await pipelineWorld()));
	afterEach(() => world.close());

	const attach = (secrets: readonly string[] = [CURRENT, FORMER], more: readonly object[] = []) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: [{ kind: 'header-key', secrets }, ...more] as never },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
	const push = (key: string) =>
		world.pipeline.accept('r1', aPush({ headers: { 'x-api-key': key } }));
	const uses = () => world.pipeline.held().receivers[0]?.secretUse;
	const restart = async () => {
		await world.pipeline.close();
		world.pipeline = await openPipeline({ store: world.store, clock: world.clock });
	};

	it('are told by their places, with when each let a request in last', async () => {
		await attach();
		const since = world.clock.now();
		await world.clock.advance(1_000);
		await push(FORMER);
		await push('wrong');
		const secret = { kind: 'header-key', position: 1 };
		assert.deepEqual(uses(), {
			since,
			secrets: [secret, { ...secret, position: 2, lastUsedAt: since + 1_000 }],
		});
		await world.clock.advance(1_000);
		await push(CURRENT);
		assert.equal(uses()?.secrets[0]?.lastUsedAt, since + 2_000);
	});

	it('are known over a restart, since when and by which', async () => {
		await attach();
		const since = world.clock.now();
		await push(FORMER);
		await restart();
		await world.clock.advance(60_000);
		await attach();
		await world.clock.advance(0);
		assert.equal(uses()?.since, since);
		assert.deepEqual(
			uses()?.secrets.map((one) => one.lastUsedAt),
			[undefined, since],
		);
	});

	it('keep their times when they change places', async () => {
		await attach([FORMER]);
		await push(FORMER);
		const at = world.clock.now();
		await world.clock.advance(10_000);
		await attach([CURRENT, FORMER]);
		assert.deepEqual(
			uses()?.secrets.map((one) => one.lastUsedAt),
			[undefined, at],
		);
	});

	it('of several ways are told with the way', async () => {
		await attach([CURRENT], [{ kind: 'bearer', secrets: ['b'] }]);
		await world.pipeline.accept('r1', aPush({ headers: { authorization: 'Bearer b' } }));
		assert.deepEqual(
			uses()?.secrets.map(({ kind, position, lastUsedAt }) => [kind, position, lastUsedAt]),
			[
				['header-key', 1, undefined],
				['bearer', 1, world.clock.now()],
			],
		);
	});

	it('are none where there are none, and then nothing is written', async () => {
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
		await world.pipeline.accept('r1', aPush());
		assert.equal(uses(), undefined);
		await restart();
		assert.equal(await world.store.documents.get(SECRET_USES_COLLECTION, 'r1'), undefined);
	});

	it('are written behind, without anything by which one could be guessed', async () => {
		await attach();
		await push(FORMER);
		await world.clock.advance(10_000);
		const kept = await world.store.documents.get(SECRET_USES_COLLECTION, 'r1');
		const { salt, since, uses: marks } = kept?.value as Record<string, Record<string, number>>;
		assert.deepEqual([typeof salt, typeof since], ['string', 'number']);
		assert.ok(Object.keys(marks ?? {}).every((mark) => /^[0-9a-f]{4}$/.test(mark)));
	});

	it('of two processes are told together', async () => {
		await attach();
		await push(FORMER);
		const at = world.clock.now();
		// Another one began at the same time, with a salt of its own.
		await world.store.documents.put(SECRET_USES_COLLECTION, 'r1', {
			salt: 'theirs',
			since: at - 5_000,
			uses: { ffff: at },
		});
		await world.clock.advance(10_000);
		assert.equal(uses()?.since, at - 5_000);
		assert.deepEqual(
			uses()?.secrets.map((one) => one.lastUsedAt),
			[undefined, at],
		);
		const kept = await world.store.documents.get(SECRET_USES_COLLECTION, 'r1');
		assert.equal((kept?.value as { salt: string }).salt, 'theirs');
		// One that began later says nothing of what was before.
		const later = { salt: 'later', since: at + 1, uses: {} };
		await world.store.documents.put(SECRET_USES_COLLECTION, 'r1', later);
		await push(FORMER);
		await world.clock.advance(10_000);
		assert.equal(uses()?.since, at - 5_000);
	});
});
