import assert from 'node:assert/strict';
import { AUDIT_BOUNDS } from '../../../../core/api/access/audit';
import { ACCESS_COLLECTIONS } from '../../../../core/api/access/documents';
import { CoreError } from '../../../../core/errors';
import { anAccount } from '../../../support/api/api-world';
import { openAccessWorld, type AccessWorld } from '../../../support/api/access-world';

const call = {
	operation: 'putThing',
	principal: anAccount,
	project: 'p1',
	path: { thing: 'a' },
	ip: '192.0.2.1',
};

describe('Audit: who changed what', () => {
	let world: AccessWorld;
	beforeEach(async () => {
		world = await openAccessWorld();
	});
	afterEach(() => world.close());

	const outcomes = async (o = {}) => (await world.audit.list(o)).map(({ outcome }) => outcome);

	it('has an entry before the change, and its outcome behind it', async () => {
		await world.audit.around(call, async (note) => {
			assert.deepEqual(await outcomes(), ['begun']);
			note({ made: 'x' });
		});
		const [entry] = await world.audit.list();
		assert.ok(entry);
		const { id: _, at: __, ...rest } = entry;
		assert.deepEqual(rest, {
			format: 1,
			operation: 'putThing',
			by: { kind: 'account', id: 'key1', account: 'acc1', label: 'a service' },
			project: 'p1',
			target: { thing: 'a', made: 'x' },
			from: '192.0.2.1',
			outcome: 'done',
		});
	});

	it('says of what failed its code, and nothing of its message', async () => {
		const fail = (error: Error) =>
			assert.rejects(world.audit.around(call, () => Promise.reject(error)));
		await fail(new CoreError('ERR_ACCESS_UNKNOWN', 's3cret'));
		await world.clock.advance(1);
		await fail(new Error('s3cret'));
		const entries = await world.audit.list();
		assert.deepEqual(
			entries.map(({ outcome, code }) => `${outcome} ${code}`),
			['failed ERR_INTERNAL', 'failed ERR_ACCESS_UNKNOWN'],
		);
		assert.ok(!JSON.stringify(entries).includes('s3cret'));
	});

	it('lets nothing be done that cannot be written down', async () => {
		const { documents } = world.store;
		documents.put = () => Promise.reject(new CoreError('ERR_BUFFER_FULL', 'no room'));
		let isDone = false;
		await assert.rejects(
			world.audit.around(call, async () => {
				isDone = true;
			}),
			{ code: 'ERR_BUFFER_FULL' },
		);
		assert.equal(isDone, false);
	});

	it('does not take back what was done where its outcome cannot be written', async () => {
		const { documents } = world.store;
		const put = documents.put.bind(documents);
		const result = await world.audit.around(call, async () => {
			documents.put = () => Promise.reject(new CoreError('ERR_BUFFER_FULL', 'no room'));
			return 'done';
		});
		documents.put = put;
		assert.equal(result, 'done');
		assert.deepEqual(await outcomes(), ['begun']);
	});

	it('lists the newest first, of a project where it is asked for', async () => {
		for (const project of ['p1', 'p2', '*']) {
			await world.clock.advance(1);
			await world.audit.around({ ...call, project }, async () => {});
		}
		const projects = async (o: object) =>
			(await world.audit.list(o)).map(({ project }) => project).join();
		assert.equal(await projects({}), '*,p2,p1');
		assert.equal(await projects({ limit: 2 }), '*,p2');
		assert.equal(await projects({ project: 'p1' }), 'p1');
		await world.audit.around({ ...call, project: 'p3', path: { thing: 'b' } }, async () => {});
		assert.equal(await projects({ about: 'b' }), 'p3');
		assert.equal(await projects({ about: 'thing' }), '');
	});

	it('keeps the newest entries and lets the oldest go', async () => {
		const { documents } = world.store;
		const { entries, slack } = AUDIT_BOUNDS;
		// Ids that are older than any of now.
		for (let i = 0; i < entries + slack; i++) {
			const id = `0${String(i).padStart(9, '0')}`;
			await documents.put(ACCESS_COLLECTIONS.audit, id, { format: 1, outcome: 'done' });
		}
		await world.audit.around(call, async () => {});
		const all = await world.audit.list({ limit: 100_000 });
		assert.equal(all.length, entries);
		assert.equal(all[0]?.operation, 'putThing');
		assert.equal(all.at(-1)?.id, `0${String(slack + 1).padStart(9, '0')}`);
	});
});
