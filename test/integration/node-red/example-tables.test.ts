import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventually } from '../../support/eventually';
import { buffersWith, readExample, withSettings } from '../../support/example-flows';
import { NodeRedWorld } from '../../support/node-red-world';

const SECRET = 'u'.repeat(16);
const example = readExample('readings-into-tables-and-files.json');

describe('the example that loads tables and writes files, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;

	before(async () => {
		world = await NodeRedWorld.create();
		const faster = buffersWith(example, 'ex10-receiver', { time: '1s' });
		await world.start({
			flows: withSettings(example, { 'ex10-receiver': faster, 'ex10-files': { fileAge: '0s' } }),
			credentials: { 'ex10-receiver': { urlSecret: SECRET } },
		});
	});
	after(() => world.close());

	it('has all readings in one table, the latest of each device in another, and a copy in files', async () => {
		for (const [device, temperature] of [
			['d1', 20],
			['d2', 21.5],
			['d1', 22],
		] as const) {
			const { status } = await world.push(`/sluice/ex10-receiver/${SECRET}`, {
				device,
				temperature,
			});
			assert.equal(status, 200);
		}
		const file = path.join(world.userDir, 'sluice-tables.db');
		const rows = (sql: string): unknown[] => {
			const db = new DatabaseSync(file, { readOnly: true });
			try {
				return db
					.prepare(sql)
					.all()
					.map((row) => Object.values(row));
			} finally {
				db.close();
			}
		};
		const latest = 'SELECT device, temperature FROM latest ORDER BY device';
		await eventually('the latest', () => {
			try {
				return JSON.stringify(rows(latest)) === '[["d1",22],["d2",21.5]]';
			} catch {
				return false;
			}
		});
		await eventually('all', () => rows('SELECT id FROM readings').length === 3);
		assert.deepEqual(rows("SELECT count(*) FROM readings WHERE received_at LIKE '2%Z'"), [[3]]);
		await eventually('a file', () =>
			readdirSync(world.userDir).some((name) => /^copy_.*_000001\.ndjson\.gz$/.test(name)),
		);
	});
});
