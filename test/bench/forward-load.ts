/** The load of bench:forward, the same for every sender, and what is made of its measurements. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { median, rounded } from './store-load';

/** Something that sends requests; opened once, measured in rounds that alternate. */
export interface Sender {
	readonly what: string;
	/** Puts in place what is to be sent, unmeasured. */
	prepare?(requests: number): Promise<void>;
	/** Resolves when all of them are answered, and on disk as done where there is a disk. */
	send(requests: number): Promise<void>;
	/** Its process, where it is another one than this: nothing is said of its processor time. */
	readonly isElsewhere?: boolean;
	close(): Promise<void>;
}

interface Round {
	readonly requestsPerSecond: number;
	/** Of this process, worker threads included. */
	readonly cpuMicrosPerRequest?: number;
}

/** One that all others are compared with comes last in each round. */
export async function measurePairs(
	senders: Readonly<Record<string, Sender>>,
	o: { readonly requests: number; readonly rounds: number; readonly onRound: (n: number) => void },
): Promise<Record<string, object>> {
	const rounds = new Map<Sender, Round[]>(Object.values(senders).map((one) => [one, []]));
	for (let round = 0; round <= o.rounds; round++) {
		for (const [sender, results] of rounds) {
			const one = await measure(sender, o.requests);
			// The first one warms up.
			if (round > 0) results.push(one);
		}
		o.onRound(round);
	}
	const peer = [...rounds.values()].at(-1) ?? [];
	return Object.fromEntries(
		Object.entries(senders).map(([name, sender]) => [
			name,
			summary(sender, rounds.get(sender) ?? [], peer),
		]),
	);
}

async function measure(sender: Sender, requests: number): Promise<Round> {
	await sender.prepare?.(requests);
	const cpuBefore = process.cpuUsage();
	const startedMs = performance.now();
	await sender.send(requests);
	const seconds = (performance.now() - startedMs) / 1_000;
	const cpu = process.cpuUsage(cpuBefore);
	return {
		requestsPerSecond: Math.round(requests / seconds),
		...(sender.isElsewhere
			? {}
			: { cpuMicrosPerRequest: rounded((cpu.user + cpu.system) / requests) }),
	};
}

function summary({ what }: Sender, rounds: readonly Round[], peer: readonly Round[]): object {
	const ratios = rounds.map((one, i) => one.requestsPerSecond / (peer[i]?.requestsPerSecond ?? 1));
	const cpu = rounds.flatMap(({ cpuMicrosPerRequest = [] }) => cpuMicrosPerRequest);
	return {
		what,
		requestsPerSecond: median(rounds.map(({ requestsPerSecond }) => requestsPerSecond)),
		...(cpu.length > 0 ? { cpuMicrosPerRequest: median(cpu) } : {}),
		/** Median of those of the pairs. */
		ratio: Number(median(ratios).toFixed(2)),
		rounds: rounds.map(({ requestsPerSecond }) => requestsPerSecond),
	};
}

/** So many at once, each sending the next as soon as its own is answered. */
export async function inParallel(
	requests: number,
	concurrency: number,
	send: () => Promise<unknown>,
): Promise<void> {
	let left = requests;
	const sendOn = async (): Promise<void> => {
		while (left-- > 0) await send();
	};
	await Promise.all(Array.from({ length: concurrency }, sendOn));
}

export interface Endpoint {
	readonly url: string;
	close(): Promise<void>;
}

/** What everybody sends to, in a process of its own: what it costs is not the sender's. */
export async function startEndpoint(): Promise<Endpoint> {
	const child = spawn(process.execPath, [path.join(__dirname, 'forward-endpoint.cjs')], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const [port] = (await once(child.stdout, 'data')) as [Buffer];
	return {
		url: `http://127.0.0.1:${String(port).trim()}`,
		async close() {
			child.stdin.end();
			await once(child, 'exit');
		},
	};
}
