import assert from 'node:assert/strict';
import { openInspector } from '../../core/buffer/inspect/open-inspector';
import { openStore } from '../../core/buffer/open-store';
import { collect } from '../support/collect';
import { usePostgres } from '../support/postgres';
import { type Child, startChild } from './child';
import { COUNTER, type CounterOptions } from './document-counter';
import { verifyPostgres } from './postgres-verify';
import { faultRounds } from './rounds';

/** 200 took 3 s on two busy cores. */
const TIMES = faultRounds({ desk: 200, ci: 200 });
const RACES = 50;

describe('documents of a postgres store', function () {
	this.timeout(120_000);
	const database = usePostgres();
	const children: Child[] = [];

	afterEach(async () => {
		for (const child of children) child.process.kill('SIGKILL');
		await Promise.all(children.splice(0).map((child) => child.ended));
	});

	it('lose no count where two processes count in one, never get the same revision, and make each document once', async () => {
		const { connectionString } = database;
		const schema = database.newSchema();
		const store = { kind: 'postgres', connectionString, schema } as const;
		const options: CounterOptions = { store, times: TIMES, races: RACES };
		for (let n = 0; n < 2; n++) {
			children.push(startChild('document-counter.ts', [JSON.stringify(options)]));
		}
		await Promise.all(children.map((child) => child.waitFor('ready')));
		const own = await openStore(store);
		await own.documents.put(COUNTER.collection, COUNTER.go, true);
		await Promise.all(children.map(({ ended }) => ended));
		const heard = (verb: string) =>
			children.map(({ lines }) =>
				lines.filter((line) => line.startsWith(`${verb} `)).map((line) => line.split(' ')[1] ?? ''),
			);

		const found = await own.documents.get(COUNTER.collection, COUNTER.id);
		assert.equal(found?.value, 2 * TIMES);
		const counted = heard('counted').flat().map(Number);
		assert.equal(counted.length, 2 * TIMES);
		assert.equal(new Set(counted).size, counted.length, 'no revision twice');
		assert.equal(Math.max(...counted), found?.revision);
		const made = heard('made').map((some) => some.length);
		assert.equal(new Set(heard('made').flat()).size, RACES, 'each was made');
		assert.equal(
			made.reduce((a, b) => a + b, 0),
			RACES,
			'and by one of them',
		);
		const conflicts = heard('done').flat().map(Number);
		console.log(`      ${JSON.stringify({ conflicts, made })}`);
		assert.ok(conflicts.reduce((a, b) => a + b, 0) > 0, 'they were in each other\u2019s way');
		await own.close();
		await verifyPostgres(database, schema);
	});

	it('tells a document that is damaged there, and from outside, and goes on with the others', async () => {
		const { connectionString } = database;
		const schema = database.newSchema();
		const options = { kind: 'postgres', connectionString, schema } as const;
		const store = await openStore(options);
		const inspector = await openInspector(options);
		try {
			for (const id of ['a', 'b']) await store.documents.put('test', id, id);
			await database.query(
				`UPDATE "${schema}".document SET body = convert_to('"x"', 'UTF8') WHERE id = 'a'`,
			);
			await assert.rejects(store.documents.get('test', 'a'), { code: 'ERR_STORE_CORRUPT' });
			const { documents } = await store.documents.list('test');
			assert.deepEqual(
				documents.map((one) => 'damage' in one),
				[true, false],
			);
			const { findings, checked } = await inspector.verify();
			assert.deepEqual(findings, [{ rule: 'S50', message: 'document test/a is damaged' }]);
			assert.equal(checked.documents, 2);
			const summary = await inspector.summary();
			assert.deepEqual(summary.documents, [{ collection: 'test', documents: 2, bytes: 6 }]);
			const found = await collect(inspector.documents(() => {}));
			assert.deepEqual(
				found.map(({ isSound }) => isSound),
				[false, true],
			);
			await store.documents.put('test', 'a', 'new', { ifRevision: documents[0]?.revision ?? -1 });
			assert.deepEqual((await inspector.verify()).findings, []);
		} finally {
			await inspector.close();
			await store.close();
		}
	});
});
