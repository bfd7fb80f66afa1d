/**
 * `npm run bench:store`: what the durable stores do per second, beside the disk itself and beside what people use instead. JSON on
 * stdout; progress on stderr.
 *
 * Every candidate answers after its fsync. Rounds alternate between the candidates, so that a noisy minute hits all; ratioToDisk is
 * the median of ratios to the disk's own speed just before and after, other ratios are of medians of one run. Absolute numbers say
 * something about this machine and its disk alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Core from '../../core/index';
import { cacheFolder, ROOT } from '../../scripts/host/cache';
import { startPostgres } from '../support/postgres-server';
import {
	type AppendRound,
	type Candidate,
	type Drainable,
	type DrainRound,
	measureAppends,
	measureDrain,
	measureSyncs,
	median,
	medians,
	PAYLOAD_BYTES,
	rounded,
	WAITERS,
} from './store-load';
import { machine } from './machine';
import { betterSqlite3, betterSqlite3Worker, bullmq, postgresInserts } from './store-peers';
import { sluice } from './store-sluice';

const SECONDS = Number(process.env['SLUICE_BENCH_SECONDS'] ?? 1.5);
const ROUNDS = Number(process.env['SLUICE_BENCH_ROUNDS'] ?? 5);
const DRAIN_ROWS = 10_000;
/** costRatio: no growth, give or take the noise of a busy machine. */
const AIMS = {
	rawRatio: 0.7,
	loopP99Ms: 20,
	memoryGrowthMB: 150,
	openRatio: 3,
	costRatio: 1.25,
} as const;

async function main(): Promise<void> {
	const startedMs = performance.now();
	const core = (await import(path.join(ROOT, 'dist/core/index.js'))) as unknown as typeof Core;
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const server = await startPostgres();
	const open: Candidate[] = [];
	const skipped: Record<string, string> = {};
	try {
		const limits = { minFreeBytes: 0 };
		const sqlite = await sluice(
			core.openStore,
			{ kind: 'sqlite', directory: path.join(directory, 'sqlite'), limits },
			{ name: 'sluice-sqlite', what: 'our embedded store' },
		);
		const postgres = await sluice(
			core.openStore,
			{ kind: 'postgres', connectionString: server.connectionString },
			{ name: 'sluice-postgres', what: 'our shared store, one process' },
		);
		const peer = betterSqlite3(directory);
		open.push(sqlite, postgres, peer, await betterSqlite3Worker(directory));
		open.push(await postgresInserts(server.connectionString));
		try {
			open.push(await bullmq([ROOT, cacheFolder('n8n', 'app')]));
		} catch (error) {
			skipped['bullmq'] = String(error);
		}
		const appends = await measureAllAppends(open, directory);
		const drains = await measureAllDrains([sqlite, postgres, peer]);
		for (const candidate of open.splice(0)) await candidate.close();
		const { connectionString } = server;
		const inDirectory = (name: string) => ({
			kind: 'sqlite',
			directory: path.join(directory, name),
			limits,
		});
		const inSchema = (schema: string) => ({ kind: 'postgres', connectionString, schema });
		const million = {
			sqlite: await runMillion({ few: inDirectory('few'), many: inDirectory('many') }),
			postgres: await runMillion({ few: inSchema('few'), many: inSchema('many') }),
		};
		const result = {
			benchmark: 'store',
			date: new Date().toISOString(),
			machine: machine(),
			load: { waiters: WAITERS, payloadBytes: PAYLOAD_BYTES, seconds: SECONDS, rounds: ROUNDS },
			durability: 'every candidate answers after its fsync or fdatasync',
			...appends,
			drain: drains,
			million,
			skipped,
			aims: checkAims(appends.candidates, million),
			seconds: Math.round((performance.now() - startedMs) / 1_000),
		};
		process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
	} finally {
		await Promise.all(open.map((candidate) => candidate.close().catch(() => {})));
		await server.remove();
		await rm(directory, { recursive: true, force: true });
	}
}

async function measureAllAppends(candidates: readonly Candidate[], directory: string) {
	const probes = path.join(directory, 'probes');
	await mkdir(probes, { recursive: true });
	const syncs: number[] = [];
	const rounds = new Map<Candidate, (AppendRound & { ratioToDisk: number })[]>(
		candidates.map((one) => [one, []]),
	);
	for (let round = 0; round < ROUNDS; round++) {
		for (const [candidate, results] of rounds) {
			// The disk itself, right before and after: its speed changes by the second.
			const before = measureSyncs(probes, 0.2);
			const one = await measureAppends(candidate, SECONDS);
			const after = measureSyncs(probes, 0.2);
			syncs.push(before, after);
			const ceiling = (WAITERS * (before + after)) / 2;
			results.push({ ...one, ratioToDisk: rounded(one.eventsPerSecond / ceiling) });
		}
		progress(`appends, round ${round + 1} of ${ROUNDS}`);
	}
	const fdatasyncPerSecond = median(syncs);
	const ours = median((rounds.get(candidates[0]!) ?? []).map((one) => one.eventsPerSecond));
	return {
		disk: {
			what: `write of ${WAITERS} × ${PAYLOAD_BYTES} B and fdatasync`,
			fdatasyncPerSecond,
			least: Math.min(...syncs),
			most: Math.max(...syncs),
			waitersTimesSyncs: Math.round(WAITERS * fdatasyncPerSecond),
		},
		candidates: Object.fromEntries(
			[...rounds].map(([{ name, what }, results]) => {
				const middle = medians(results);
				return [
					name,
					{
						what,
						...middle,
						ofSluiceSqlite: rounded((middle['eventsPerSecond'] ?? 0) / ours),
						rounds: results.map(({ eventsPerSecond }) => eventsPerSecond),
					},
				];
			}),
		),
	};
}

async function measureAllDrains(candidates: readonly Drainable[]) {
	const rounds = new Map<Drainable, DrainRound[]>(candidates.map((one) => [one, []]));
	for (let round = 0; round <= ROUNDS; round++) {
		for (const [candidate, results] of rounds) {
			const one = await measureDrain(candidate, DRAIN_ROWS);
			// The first one warms up.
			if (round > 0) results.push(one);
		}
		progress(`drains, round ${round} of ${ROUNDS}`);
	}
	const totals = (one: DrainRound) => one.claimAndReadMs + one.ackMs;
	const peerMs = median((rounds.get(candidates.at(-1)!) ?? []).map(totals));
	return {
		what: `claim, read and ack of ${DRAIN_ROWS} rows in one batch`,
		...Object.fromEntries(
			[...rounds].map(([{ name }, results]) => {
				const totalMs = median(results.map(totals));
				return [
					name,
					{ ...medians(results), totalMs, timesAsFastAsPeer: rounded(peerMs / totalMs) },
				];
			}),
		),
	};
}

interface Million {
	readonly memoryGrowthMB: number;
	readonly openRatio: number;
	readonly append: { readonly ratio: number };
	readonly flushCheck: { readonly ratio: number };
}

async function runMillion(options: object): Promise<Million> {
	const child = spawn(
		process.execPath,
		[
			...['--expose-gc', '--import', 'tsx', path.join(__dirname, 'store-million.ts')],
			JSON.stringify(options),
		],
		{ cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
	);
	let text = '';
	child.stdout.on('data', (part) => (text += String(part)));
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`store-million.ts ended with ${code}`);
	progress('a million rows');
	return JSON.parse(text) as Million;
}

/** What we aim at, and what it came to; a benchmark is not a gate. */
function checkAims(
	candidates: Record<string, Record<string, unknown>>,
	million: Record<'sqlite' | 'postgres', Million>,
) {
	const sqlite = candidates['sluice-sqlite'] ?? {};
	const atMost = (aim: number, got: number) => ({ atMost: aim, got, isMet: got <= aim });
	const ratio = Number(sqlite['ratioToDisk']);
	return {
		sqliteRatioToDisk: { atLeast: AIMS.rawRatio, got: ratio, isMet: ratio >= AIMS.rawRatio },
		sqliteLoopP99Ms: atMost(AIMS.loopP99Ms, Number(sqlite['loopP99Ms'])),
		postgresLoopP99Ms: atMost(AIMS.loopP99Ms, Number(candidates['sluice-postgres']?.['loopP99Ms'])),
		...Object.fromEntries(
			(['sqlite', 'postgres'] as const).flatMap((kind) => [
				[`${kind}MemoryGrowthMB`, atMost(AIMS.memoryGrowthMB, million[kind].memoryGrowthMB)],
				[`${kind}OpenRatio`, atMost(AIMS.openRatio, million[kind].openRatio)],
				[`${kind}AppendRatio`, atMost(AIMS.costRatio, million[kind].append.ratio)],
				[`${kind}FlushCheckRatio`, atMost(AIMS.costRatio, million[kind].flushCheck.ratio)],
			]),
		),
	};
}

function progress(what: string): void {
	process.stderr.write(`${what}\n`);
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
