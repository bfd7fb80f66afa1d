import assert from 'node:assert/strict';
import { CredentialUses, lastUses } from '../../../../core/api/access/credential-uses';
import { ACCESS_COLLECTIONS } from '../../../../core/api/access/documents';
import { openAccessWorld, type AccessWorld } from '../../../support/api/access-world';

const MINUTE = 60_000;

describe('CredentialUses', () => {
	let world: AccessWorld;
	beforeEach(async () => {
		world = await openAccessWorld();
	});
	afterEach(() => world.close());

	const open = () =>
		new CredentialUses({
			documents: world.store.documents,
			clock: world.clock,
			onError: (error) => assert.fail(String(error)),
		});
	const kept = async () => Object.fromEntries(await lastUses(world.store.documents));

	it('puts together what two processes saw, the later time of each', async () => {
		const [one, other] = [open(), open()];
		one.used('a', 5 * MINUTE);
		one.used('b', 5 * MINUTE);
		other.used('b', 7 * MINUTE);
		other.used('a', 3 * MINUTE);
		await one.close();
		await other.close();
		assert.deepEqual(await kept(), { a: 5 * MINUTE, b: 7 * MINUTE });
	});

	it('writes nothing for what is used again within the minute', async () => {
		const uses = open();
		uses.used('a', MINUTE);
		uses.used('a', 2 * MINUTE - 1);
		await uses.close();
		assert.deepEqual(await kept(), { a: MINUTE });
	});

	it('takes what is damaged for nothing', async () => {
		await world.store.documents.put(ACCESS_COLLECTIONS.uses, 'all', { a: 'x', b: 1 });
		assert.deepEqual(await kept(), { b: 1 });
		await world.store.documents.put(ACCESS_COLLECTIONS.uses, 'all', 'x');
		assert.deepEqual(await kept(), {});
	});
});
