/** http in → 20 × node-red-node-sqlite, as its documentation shows it: a prepared statement each, into a file with a log. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cacheFolder } from '../../scripts/host/cache';
import { freePort } from '../../scripts/host/free-port';
import { prepareUserDir, startNodeRed } from '../../scripts/host/node-red-host';
import { run } from '../../scripts/host/run';
import { node, TAB } from '../support/flows';
import { countSql, KEYLESS, tableNames, type Way } from './tables-end';

const PACKAGE = 'node-red-node-sqlite';
const VERSION = '1.1.1';
const NAMES = KEYLESS.map(({ name }) => name);
const TO_PARAMS = `const { event } = msg.payload;
const params = [event.eventId, new Date().toISOString(), msg.req.ip, event.targetName, event.data.temperature.value,
	JSON.stringify({ data: event.data, type: event.eventType })];
return { params };`;

export async function nodeRedWay(): Promise<Way> {
	const userDir = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const file = path.join(userDir, 'tables.db');
	const database = new DatabaseSync(file);
	database.exec('PRAGMA journal_mode=WAL');
	const inserts = tableNames('theirs').map((table) => {
		database.exec(`CREATE TABLE ${table} (${NAMES.join(', ')})`);
		const sql = `INSERT INTO ${table} VALUES (${NAMES.map((_, i) => `?${i + 1}`).join(', ')})`;
		return node('sqlite', table, { mydb: 'db', sqlquery: 'prepared', sql }, []);
	});
	const options = {
		userDir,
		port: await freePort(),
		flows: [
			TAB,
			{ id: 'db', type: 'sqlitedb', db: file, mode: 'RWC' },
			node('http in', 'in', { url: '/in', method: 'post', upload: false }, ['out', 'params']),
			node('http response', 'out', { statusCode: '200', headers: {} }),
			node('function', 'params', { func: TO_PARAMS, outputs: 1 }, tableNames('theirs')),
			...inserts,
		],
	};
	await prepareUserDir(options);
	await link(userDir);
	const host = await startNodeRed(options);
	return {
		what: `Node-RED: http in → http response and ${inserts.length} × ${PACKAGE} ${VERSION}, answered before they are written`,
		url: `${host.url}/in`,
		events: 500,
		connections: 20,
		async count() {
			return Number(database.prepare(countSql('theirs')).get()?.['n']);
		},
		async close() {
			await host.stop();
			database.close();
			await rm(userDir, { recursive: true, force: true });
		},
	};
}

/** Its driver is compiled, once on a machine. */
async function link(userDir: string): Promise<void> {
	const folder = cacheFolder('node-red', `sqlite-${VERSION}`);
	if (!existsSync(path.join(folder, 'node_modules/sqlite3/build/Release/node_sqlite3.node'))) {
		await mkdir(folder, { recursive: true });
		await run('npm', ['init', '-y'], folder);
		await run('npm', ['install', '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`], folder);
	}
	await symlink(path.join(folder, 'node_modules'), path.join(userDir, 'node_modules'));
	await writeFile(
		path.join(userDir, 'package.json'),
		JSON.stringify({ dependencies: { [PACKAGE]: VERSION } }),
	);
}
