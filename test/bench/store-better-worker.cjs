/** The worker of the reference in store-peers.ts: a group in, one transaction with one chunk and the counters, an answer out. */
const { parentPort, workerData } = require('node:worker_threads');
const Database = require('better-sqlite3');

const database = new Database(workerData);
database.pragma('locking_mode = EXCLUSIVE');
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`
	CREATE TABLE chunk (seq INTEGER PRIMARY KEY, n INTEGER, bytes INTEGER, at INTEGER, body BLOB);
	CREATE TABLE counter (id INTEGER PRIMARY KEY, rows INTEGER, bytes INTEGER);
	INSERT INTO counter VALUES (1, 0, 0)`);
const insert = database.prepare('INSERT INTO chunk (n, bytes, at, body) VALUES (?, ?, ?, ?)');
const count = database.prepare(
	'UPDATE counter SET rows = rows + ?, bytes = bytes + ? WHERE id = 1',
);
const commit = database.transaction((payloads) => {
	const parts = payloads.flatMap((payload) => {
		const length = Buffer.alloc(4);
		length.writeUInt32LE(payload.byteLength);
		return [length, payload];
	});
	const body = Buffer.concat(parts);
	insert.run(payloads.length, body.byteLength, Date.now(), body);
	count.run(payloads.length, body.byteLength);
});

parentPort.on('message', (payloads) => {
	commit(payloads);
	parentPort.postMessage(payloads.length);
});
parentPort.postMessage('ready');
