import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { usePostgres } from '../support/postgres';
import { type Child, startChild } from './child';
import type { ForwarderOptions } from './key-forwarder';
import { verifyPostgres } from './postgres-verify';
import { faultRounds, seededChance } from './rounds';
import { verifyStore } from './verify-store';

const ROUNDS = faultRounds({ desk: 3, ci: 6 });
const KEYS = 20;
const PER_KEY = 40;
/** Its first row fails by itself until all others have arrived. */
const POISONED = 'key-0';

interface Row {
	readonly key: string;
	readonly seq: number;
}

/** An endpoint that fails now and then, and finds whatever comes out of its order. */
class KeyedEndpoint {
	/** Of each key the last row that was taken or refused for good; the next one has to be the next. */
	readonly done = new Map<string, number>();
	/** In the life of the process that sends now, where there is one: no row of a key comes before an earlier one again. */
	readonly #inThisLife = new Map<string, number>();
	readonly #underWay = new Map<string, number>();
	readonly broken: string[] = [];
	repeated = 0;
	requests = 0;
	/** Several processes send: what one has left comes again from another. */
	isShared = false;
	isPoisoned = true;
	onRequest: () => void = () => {};
	readonly #chance: () => number;
	readonly #server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('error', () => {});
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () =>
			this.#came(JSON.parse(Buffer.concat(chunks).toString()) as Row, response),
		);
	});

	constructor(chance: () => number) {
		this.#chance = chance;
	}

	async listen(): Promise<string> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
	}

	newLife(): void {
		this.#inThisLife.clear();
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, 'close');
	}

	/** All but the poisoned key. */
	get othersAreDone(): boolean {
		return Array.from({ length: KEYS - 1 }, (_, i) => `key-${i + 1}`).every(
			(key) => this.done.get(key) === PER_KEY,
		);
	}

	#came({ key, seq }: Row, response: ServerResponse): void {
		const done = this.done.get(key) ?? 0;
		if (seq > done + 1) this.broken.push(`${key}: ${seq} came, and ${done} was the last one`);
		if (seq <= done) this.repeated += 1;
		const before = this.isShared ? 0 : (this.#inThisLife.get(key) ?? 0);
		if (seq < before) this.broken.push(`${key}: ${seq} came again behind ${before}`);
		this.#inThisLife.set(key, seq);
		response.on('close', () => {
			// Of a process that is gone nothing is under way.
			if (this.#underWay.get(key) === seq) this.#underWay.delete(key);
		});
		const other = this.#underWay.get(key);
		if (other !== undefined) this.broken.push(`${key}: ${seq} came while ${other} was under way`);
		this.#underWay.set(key, seq);
		this.requests += 1;
		const status = this.#statusOf(key);
		// Before the sender can know of it.
		const answer = (): void => {
			this.#underWay.delete(key);
			if (status < 500) this.done.set(key, Math.max(seq, done));
			response.writeHead(status).end();
		};
		response.on('error', () => {});
		this.onRequest();
		setTimeout(answer, this.#chance() * 4);
	}

	#statusOf(key: string): number {
		if (this.isPoisoned && key === POISONED && !this.othersAreDone) return 500;
		const chance = this.#chance();
		return chance < 0.1 ? 500 : chance < 0.12 ? 400 : 200;
	}
}

function rowsOfAllKeys(): Row[] {
	return Array.from({ length: KEYS * PER_KEY }, (_, i) => ({
		key: `key-${i % KEYS}`,
		seq: Math.floor(i / KEYS) + 1,
	}));
}

function checkAll(endpoint: KeyedEndpoint): void {
	assert.deepEqual(endpoint.broken, []);
	for (let i = 0; i < KEYS; i++) assert.equal(endpoint.done.get(`key-${i}`), PER_KEY, `key-${i}`);
	console.log(`      ${endpoint.requests} requests, ${endpoint.repeated} of them again`);
}

describe('order key to an HTTP endpoint, several requests at once, by a process that is killed and closed', function () {
	this.timeout(120_000 + ROUNDS * 15_000);
	let directory: string;
	let endpoint: KeyedEndpoint;
	let child: Child | undefined;
	let chance: () => number;

	beforeEach(async () => {
		chance = seededChance('order key over HTTP');
		directory = await mkdtemp(join(tmpdir(), 'sluice-key-'));
		endpoint = new KeyedEndpoint(chance);
	});
	afterEach(async () => {
		child?.process.kill('SIGKILL');
		await child?.ended;
		await endpoint.close();
		await rm(directory, { recursive: true, force: true });
	});

	it(`no row overtakes another one of its key in ${ROUNDS} rounds, and one that fails holds its key alone`, async () => {
		const url = await endpoint.listen();
		let rows = rowsOfAllKeys();
		const start = (): Child => {
			endpoint.newLife();
			const o: ForwarderOptions = { store: { kind: 'sqlite', directory }, url, rows };
			return startChild('key-forwarder.ts', [JSON.stringify(o)]);
		};
		for (let round = 0; round < ROUNDS; round++) {
			const end = endpoint.requests + 20 + Math.floor(chance() * 100);
			child = start();
			const { process } = child;
			const signal = round % 3 === 2 ? 'SIGTERM' : 'SIGKILL';
			endpoint.onRequest = () => {
				if (endpoint.requests === end) process.kill(signal);
			};
			await child.waitFor('ready');
			rows = [];
			await child.ended;
			assert.deepEqual(endpoint.broken, [], `round ${round}`);
		}
		endpoint.onRequest = () => {};
		child = start();
		await child.waitFor('empty');
		child.process.kill('SIGTERM');
		await child.ended;

		checkAll(endpoint);
		verifyStore(directory);
	});
});

describe('order key to an HTTP endpoint, by two processes that share a postgres store', function () {
	this.timeout(240_000);
	const database = usePostgres();
	let endpoint: KeyedEndpoint;
	const children = new Set<Child>();

	beforeEach(() => {
		endpoint = new KeyedEndpoint(seededChance('order key by two processes'));
		endpoint.isShared = true;
	});
	afterEach(async () => {
		for (const child of children) child.process.kill('SIGKILL');
		await Promise.all([...children].map((child) => child.ended));
		await endpoint.close();
	});

	it('no row overtakes another one of its key, while one of them is closed and comes back', async () => {
		const url = await endpoint.listen();
		const schema = database.newSchema();
		const { connectionString } = database;
		const store = { kind: 'postgres', connectionString, schema } as const;
		const start = async (rows: readonly Row[] = []): Promise<Child> => {
			const o: ForwarderOptions = { store, url, rows };
			const child = startChild('key-forwarder.ts', [JSON.stringify(o)]);
			children.add(child);
			await child.waitFor('ready');
			return child;
		};
		let first = await start(rowsOfAllKeys());
		const second = await start();
		for (let turn = 0; turn < 3; turn++) {
			const before = endpoint.requests;
			await eventually(
				'some are sent',
				() => endpoint.requests > before + 40 || endpoint.othersAreDone,
			);
			first.process.kill('SIGTERM');
			await first.ended;
			children.delete(first);
			assert.deepEqual(endpoint.broken, [], `turn ${turn}`);
			first = await start();
		}
		await Promise.all([first, second].map((child) => child.waitFor('empty')));
		checkAll(endpoint);
		for (const child of children) child.process.kill('SIGTERM');
		await Promise.all([...children].map((child) => child.ended));
		await verifyPostgres(database, schema);
	});
});
