import assert from 'node:assert/strict';
import { Places } from '../../../../core/receiver/listener/places';
import { FakeClock } from '../../../support/fake-clock';

const holder = { label: 'one' };
const handler = async () => ({ status: 200, headers: {}, body: '' });

describe('Places: what is said while a place is redeployed', () => {
	let clock: FakeClock;
	let places: Places;
	const statusOf = async (path: string) =>
		(await places.find(path)?.({} as Parameters<typeof handler>[never]))?.status;
	beforeEach(() => {
		clock = new FakeClock();
		places = new Places(clock, 10_000);
	});

	it('is 503 for ten seconds, then nobody is there', async () => {
		places.add({ path: '/in' }, handler, holder)();
		assert.equal(await statusOf('/in'), 503);
		await clock.advance(9_999);
		assert.equal(await statusOf('/in'), 503);
		await clock.advance(1);
		assert.equal(await statusOf('/in'), undefined);
		assert.equal(clock.pending(), 0);
	});

	it('is nothing where it is gone for good, and its timer with it', async () => {
		places.add({ path: '/in' }, handler, holder)({ gone: true });
		assert.equal(await statusOf('/in'), undefined);
		assert.equal(clock.pending(), 0);
	});

	it('ends when anybody takes the place, in whatever spelling and whatever of it', async () => {
		const leave = places.add({ path: '/in', secretInUrl: true }, handler, holder);
		leave();
		assert.equal(await statusOf('/in/secret'), 503);
		places.add({ prefix: '/%69n/' }, handler, { label: 'two' });
		assert.equal(await statusOf('/in'), 200);
		leave();
		await clock.advance(20_000);
		assert.equal(await statusOf('/in'), 200);
	});

	it('ends with the server', async () => {
		places.add({ path: '/in' }, handler, holder)();
		places.close();
		assert.equal(clock.pending(), 0);
	});
});
