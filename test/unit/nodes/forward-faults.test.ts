import assert from 'node:assert/strict';
import {
	fullExportId,
	replay,
	resume,
	retryNow,
	takeSnapshot,
	type ExportSnapshot,
} from '../../../core/index';
import { eventually } from '../../support/eventually';
import { FAULTS, startFaultyServer, type Fault, type FaultyServer } from '../../support/faults';
import { aPush } from '../../support/pipeline-fixtures';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { startInN8n, type StartedTrigger } from './trigger-world';

/** As many buffers as a Trigger may have. */
const AT_ONCE = 20;
const RECEIVER = 'wf:node-a';
const SECRET = 'hunter2';

/** Few at a time, and those that need a large body by themselves. */
function groups(): (readonly Fault[])[] {
	const small = FAULTS.filter(({ large }) => !large);
	const parts = Array.from({ length: Math.ceil(small.length / AT_ONCE) }, (_, at) =>
		small.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
	);
	return [...parts, FAULTS.filter(({ large }) => large)];
}

describe('buffers of the n8n Trigger that forward to an endpoint which does something wrong', () => {
	let n8n: N8nFolder;
	let running: StartedTrigger | undefined;
	let servers: FaultyServer[] = [];

	beforeEach(async () => (n8n = await n8nFolder()));
	afterEach(async () => {
		await running?.close();
		running = undefined;
		await Promise.all(servers.map((server) => server.close()));
		servers = [];
		await n8n.close();
	});

	const idOf = (at: number): string => fullExportId({ receiverId: RECEIVER, id: `f${at}` });
	const shown = async (): Promise<Map<string, ExportSnapshot>> => {
		const { exports } = await takeSnapshot(n8n.pipeline);
		return new Map(exports.map((one) => [one.exportId, one]));
	};
	const becameOf = (one: ExportSnapshot | undefined): Fault['becomes'] | undefined => {
		if (!one || one.totals.accepted === 0 || one.waiting.rows + one.open.rows > 0) return undefined;
		if (one.state === 'PAUSED') return 'refused';
		return one.retrying.rows > 0 ? 'again' : one.dead.rows > 0 ? 'refused' : 'taken';
	};

	for (const faults of groups()) {
		it(`lose no row, show no secret and deliver all once it is mended: ${faults[0]?.name} … ${faults.at(-1)?.name}`, async () => {
			servers = await Promise.all(faults.map(startFaultyServer));
			running = await startInN8n({
				parameters: {
					authentication: 'none',
					severalBuffers: true,
					buffers: {
						values: servers.map(({ url }, at) => ({
							name: `f${at}`,
							flushCount: 1,
							then: 'http',
							url: `${url}?key=${SECRET}`,
							requestOptions: { send: 'row', timeoutSeconds: 3 },
							deliveryOptions: { retry: 'list', retryDelays: '1h' },
						})),
					},
				},
			});
			const x = 'x'.repeat(faults[0]?.large ? 500_000 : 1);
			const push = aPush({ body: Buffer.from(JSON.stringify({ x })) });
			assert.equal((await n8n.pipeline.accept(RECEIVER, push)).status, 200);
			const isEnded = (all: Map<string, ExportSnapshot>) => (_: Fault, at: number) =>
				becameOf(all.get(idOf(at))) !== undefined;
			await eventually('each attempt has ended', async () => faults.every(isEnded(await shown())));
			const first = await shown();
			for (const [at, { name, becomes, code, status }] of faults.entries()) {
				const one = first.get(idOf(at));
				assert.equal(becameOf(one), becomes, name);
				if (code !== undefined) assert.equal(one?.lastFailure?.code, code, name);
				if (status !== undefined) assert.equal(one?.lastFailure?.answer?.status, status, name);
				assert.equal(one?.state, status === 410 ? 'PAUSED' : 'ACTIVE', name);
			}

			for (const [at, { becomes, status }] of faults.entries()) {
				servers[at]?.heal();
				if (status === 410) await resume(n8n.pipeline, idOf(at));
				if (becomes === 'refused') await replay(n8n.pipeline, { exportId: idOf(at) });
			}
			await eventually('all are delivered', async () => {
				const all = await shown();
				for (const { exportId, retrying } of all.values())
					if (retrying.rows > 0) await retryNow(n8n.pipeline, exportId);
				return faults.every((_, at) => all.get(idOf(at))?.totals.acked === 1);
			});
			for (const [at, { name }] of faults.entries()) {
				const one = (await shown()).get(idOf(at));
				assert.deepEqual(
					[one?.totals.accepted, one?.dead.rows, one?.retrying.rows],
					[1, 0, 0],
					name,
				);
			}
			const told = [
				...running.warnings,
				...running.failed,
				JSON.stringify([...(await shown()), ...first]),
			];
			assert.deepEqual(
				told.filter((text) => text.includes(SECRET)),
				[],
			);
		});
	}
});
