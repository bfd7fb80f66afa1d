/** The load of bench:store, the same for every candidate, and what is made of its measurements. */
import { fdatasyncSync, openSync, closeSync, writeSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Something that keeps events: each candidate opened once, measured in rounds that alternate. */
export interface Candidate {
	readonly name: string;
	readonly what: string;
	/** Resolves when the event is on disk. */
	append(payload: Uint8Array): Promise<unknown>;
	close(): Promise<void>;
}

/** One that also gives rows back: everything that waits, claimed as one batch, read, and acked. */
export interface Drainable extends Candidate {
	/** Puts rows in as quickly as it can, unmeasured. */
	fill(payload: Uint8Array, count: number): Promise<void>;
	claimAndRead(count: number): Promise<number>;
	ack(): Promise<void>;
}

export interface AppendRound {
	readonly eventsPerSecond: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
	/** Of this process, worker threads included; not of a server. */
	readonly cpuMicrosPerEvent: number;
}

export const WAITERS = 64;
export const PAYLOAD_BYTES = 300;
const WARM_UP_MS = 500;

/** Waiters that each append, wait for the disk, and append again. */
export async function measureAppends(candidate: Candidate, seconds: number): Promise<AppendRound> {
	const payload = new Uint8Array(PAYLOAD_BYTES).fill(120);
	const latenciesMs: number[] = [];
	let isRunning = true;
	const appendOn = async () => {
		while (isRunning) {
			const startedMs = performance.now();
			// Bytes of its own, as each event has: in a message between threads the same ones are written once for all.
			await candidate.append(payload.slice());
			latenciesMs.push(performance.now() - startedMs);
		}
	};
	const running = Array.from({ length: WAITERS }, appendOn);
	await pass(WARM_UP_MS);
	latenciesMs.length = 0;
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const cpuBefore = process.cpuUsage();
	const startedMs = performance.now();
	await pass(seconds * 1_000);
	const passedSeconds = (performance.now() - startedMs) / 1_000;
	const cpu = process.cpuUsage(cpuBefore);
	const count = latenciesMs.length;
	delay.disable();
	isRunning = false;
	await Promise.all(running);
	latenciesMs.sort((a, b) => a - b);
	return {
		eventsPerSecond: Math.round(count / passedSeconds),
		p50Ms: rounded(latenciesMs[Math.floor(count * 0.5)] ?? 0),
		p99Ms: rounded(latenciesMs[Math.floor(count * 0.99)] ?? 0),
		loopP99Ms: rounded(delay.percentile(99) / 1e6),
		loopMaxMs: rounded(delay.max / 1e6),
		cpuMicrosPerEvent: rounded((cpu.user + cpu.system) / Math.max(1, count)),
	};
}

/** What the disk does at most: write what a full group writes, fdatasync, again. */
export function measureSyncs(directory: string, seconds: number): number {
	const file = openSync(path.join(directory, 'probe'), 'w');
	const block = Buffer.alloc(WAITERS * PAYLOAD_BYTES);
	const startedMs = performance.now();
	let count = 0;
	for (; performance.now() - startedMs < seconds * 1_000; count++) {
		writeSync(file, block);
		fdatasyncSync(file);
	}
	const perSecond = count / ((performance.now() - startedMs) / 1_000);
	closeSync(file);
	return Math.round(perSecond);
}

export interface DrainRound {
	readonly claimAndReadMs: number;
	readonly ackMs: number;
}

export async function measureDrain(candidate: Drainable, count: number): Promise<DrainRound> {
	await candidate.fill(new Uint8Array(PAYLOAD_BYTES).fill(120), count);
	const startedMs = performance.now();
	const found = await candidate.claimAndRead(count);
	const readMs = performance.now();
	await candidate.ack();
	const ackedMs = performance.now();
	if (found !== count) throw new Error(`${candidate.name} gave ${found} rows of ${count}`);
	return { claimAndReadMs: rounded(readMs - startedMs), ackMs: rounded(ackedMs - readMs) };
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
	return rounded((low + high) / 2);
}

/** The median of each member. */
export function medians<Round extends object>(rounds: readonly Round[]): Record<string, number> {
	const names = Object.keys(rounds[0] ?? {}) as (keyof Round & string)[];
	return Object.fromEntries(
		names.map((name) => [name, median(rounds.map((round) => Number(round[name])))]),
	);
}

export function rounded(value: number): number {
	return Number(value.toPrecision(4));
}

export function pass(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
