import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../support/eventually';
import { FAULTS, startFaultyServer, type FaultyServer } from '../../support/faults';
import { node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';

/** In the URL and a credential of each node, and nowhere else. */
const [IN_URL, IN_CREDENTIAL] = ['hunter2', 'token-of-tests'];
/** More than comes at once. */
const LARGE_BYTES = 2_000_000;
/** That an endpoint may say before it is left: an answer of 64 KiB, and what lies in the buffers of sockets. */
const MOST_ANSWERED = 16_000_000;

interface ShownExport {
	readonly exportId: string;
	readonly state: string;
	readonly waiting: { readonly rows: number };
	readonly open: { readonly rows: number };
	readonly retrying: { readonly rows: number };
	readonly dead: { readonly rows: number };
	readonly totals: { readonly accepted: number; readonly acked: number };
	readonly lastFailure?: { readonly code: string; readonly answer?: { readonly status: number } };
}

/** What the row of a node is to be, and how its endpoint is mended. */
interface Case {
	readonly id: string;
	readonly name: string;
	readonly becomes: 'taken' | 'again' | 'refused';
	readonly status?: number | undefined;
	readonly code?: string | undefined;
	readonly isLarge: boolean;
	readonly config: object;
	heal(): void | Promise<void>;
	/** Requests that have arrived since it was healed. */
	arrived(): number;
}

describe('what an endpoint can do wrong, to sluice forward in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	const servers: FaultyServer[] = [];
	const secure = createServer({ key: TLS_KEY, cert: TLS_CERT }, (request, response) =>
		request.resume().on('end', () => response.end('ok')),
	);
	const cases: Case[] = [];

	before(async () => {
		world = await NodeRedWorld.create();
		secure.listen(0, '127.0.0.1');
		await once(secure, 'listening');
		for (const [at, fault] of FAULTS.entries()) {
			const server = await startFaultyServer(fault);
			servers.push(server);
			let before = 0;
			cases.push({
				...fault,
				id: `f${at}`,
				isLarge: fault.large === true,
				config: { url: `${server.url}?key=${IN_URL}` },
				heal: () => {
					before = server.requests.length;
					server.heal();
				},
				arrived: () => server.requests.length - before,
			});
		}
		cases.push(
			{
				id: 'untrusted',
				name: 'shows a certificate that nobody trusts',
				becomes: 'again',
				isLarge: false,
				config: { url: `https://127.0.0.1:${(secure.address() as AddressInfo).port}/` },
				heal: () => {},
				arrived: () => 0,
			},
			{
				id: 'nameless',
				name: 'has no name',
				becomes: 'again',
				isLarge: false,
				config: { url: 'http://nowhere.invalid/' },
				heal: () => {},
				arrived: () => 0,
			},
		);
		const forwards = (isLarge: boolean): string[] =>
			cases.filter((one) => one.isLarge === isLarge).map(({ id }) => id);
		await world.start({
			flows: [
				TAB,
				node('http in', 'small', { url: '/t/small', method: 'post' }, [
					'taken',
					...forwards(false),
				]),
				node('http in', 'large', { url: '/t/large', method: 'post' }, ['taken', 'grow']),
				node(
					'function',
					'grow',
					{ func: `msg.payload = { x: 'x'.repeat(${LARGE_BYTES}) }; return msg;`, outputs: 1 },
					forwards(true),
				),
				node('http response', 'taken', { statusCode: '', headers: {} }),
				...cases.map(({ id, config }) =>
					node(
						'sluice-forward',
						id,
						{
							configVersion: 1,
							timeoutSeconds: 3,
							retryDelays: '1h',
							auth: 'bearer',
							...config,
						},
						[],
					),
				),
				node('http in', 'ask', { url: '/control', method: 'post' }, ['control']),
				node('sluice-control', 'control', { configVersion: 1, store: '', verb: '', buffer: '' }, [
					'told',
				]),
				node('http response', 'told', {}, []),
				node('catch', 'refused', { scope: ['control'] }, ['why']),
				node('function', 'why', { func: 'msg.payload = msg.error; return msg;', outputs: 1 }, [
					'told',
				]),
				node('catch', 'caught', { scope: cases.map(({ id }) => id) }, ['say']),
				node('status', 'shown', { scope: null }, ['say']),
				node('function', 'say', {
					func: 'node.warn(JSON.stringify([msg.error, msg.status]));',
					outputs: 1,
				}),
			],
			credentials: Object.fromEntries(cases.map(({ id }) => [id, { authToken: IN_CREDENTIAL }])),
		});
	});
	after(async () => {
		await world.close();
		secure.closeAllConnections();
		secure.close();
		await Promise.all(servers.map((server) => server.close()));
	});

	const ask = async (verb: string, more: object = {}): Promise<Record<string, unknown>> => {
		const { text } = await world.push('/control', { verb, ...more });
		return JSON.parse(text) as Record<string, unknown>;
	};
	const snapshot = async (): Promise<Map<string, ShownExport>> => {
		const { exports } = (await ask('snapshot')) as { exports?: ShownExport[] };
		return new Map((exports ?? []).map((one) => [one.exportId, one]));
	};
	const bufferOf = ({ id }: Pick<Case, 'id'>): string => `items:${id}/main`;
	/** What became of its row; undefined while it is under way. */
	const becameOf = (shown: ShownExport | undefined): Case['becomes'] | undefined => {
		if (!shown || shown.totals.accepted === 0 || shown.waiting.rows + shown.open.rows > 0)
			return undefined;
		if (shown.state === 'PAUSED') return 'refused';
		return shown.retrying.rows > 0 ? 'again' : shown.dead.rows > 0 ? 'refused' : 'taken';
	};

	const ended = async (some: readonly Case[]): Promise<void> => {
		let pending: string[] = [];
		await eventually('each attempt has ended', async () => {
			const shown = await snapshot();
			const isEnded = (one: Case): boolean => becameOf(shown.get(bufferOf(one))) !== undefined;
			pending = some.filter((one) => !isEnded(one)).map(({ name }) => name);
			return pending.length === 0;
		}).catch((error: unknown) => assert.fail(`${String(error)}: ${pending.join(' · ')}`));
	};

	it('each row is what it is to be; once the endpoints are mended all are delivered, and no secret is shown', async () => {
		await eventually(
			'the flow',
			async () => (await world.push('/t/small', { n: 1 })).status === 200,
		);
		await ended(cases.filter((one) => !one.isLarge));
		await world.push('/t/large', {});
		await ended(cases);
		const first = await snapshot();
		for (const one of cases) {
			const shown = first.get(bufferOf(one));
			assert.equal(becameOf(shown), one.becomes, one.name);
			const { lastFailure } = shown ?? {};
			if (one.code !== undefined) assert.equal(lastFailure?.code, one.code, one.name);
			if (one.status !== undefined) assert.equal(lastFailure?.answer?.status, one.status, one.name);
			// A 410 pauses: nothing of it is lost either (D52).
			assert.equal(shown?.state, one.status === 410 ? 'PAUSED' : 'ACTIVE', one.name);
		}
		for (const [at, server] of servers.entries()) {
			const said = server.sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
			assert.ok(said < MOST_ANSWERED, `${FAULTS[at]?.name}: ${said} bytes`);
		}

		for (const one of cases) await one.heal();
		for (const one of cases) {
			const buffer = bufferOf(one);
			if (one.status === 410) await ask('resume', { buffer });
			if (one.becomes === 'refused') await ask('replay', { buffer });
			await ask('retry', { buffer });
		}
		const mended = cases.filter(({ id }) => id !== 'untrusted' && id !== 'nameless');
		await eventually('all are delivered', async () => {
			const shown = await snapshot();
			for (const one of mended) {
				const { retrying } = shown.get(bufferOf(one)) ?? {};
				if ((retrying?.rows ?? 0) > 0) await ask('retry', { buffer: bufferOf(one) });
			}
			return mended.every((one) => shown.get(bufferOf(one))?.totals.acked === 1);
		});
		const last = await snapshot();
		for (const one of mended) {
			const { totals, dead, retrying, waiting } = last.get(bufferOf(one)) ?? {};
			assert.deepEqual(
				[totals, dead?.rows, retrying?.rows, waiting?.rows].slice(1),
				[0, 0, 0],
				one.name,
			);
			assert.equal(totals?.accepted, 1, one.name);
			if (one.becomes !== 'taken') assert.ok(one.arrived() >= 1, one.name);
		}
		for (const id of ['untrusted', 'nameless']) {
			const { open, retrying } = last.get(`items:${id}/main`) ?? {};
			assert.equal((open?.rows ?? 0) + (retrying?.rows ?? 0), 1, `${id} keeps its row`);
		}
	});

	it('nothing that was logged, caught, shown as a status or told by a snapshot holds a secret', async () => {
		const told = [
			...world.log,
			JSON.stringify(await ask('snapshot')),
			JSON.stringify(
				await Promise.all(cases.map((one) => ask('deliveries', { buffer: bufferOf(one) }))),
			),
		];
		assert.ok(
			told.some((line) => line.includes('ERR_SINK')),
			'something was told',
		);
		const leaks = told.filter((line) => line.includes(IN_URL) || line.includes(IN_CREDENTIAL));
		assert.deepEqual(
			leaks.map((line) => line.slice(0, 300)),
			[],
		);
	});
});
