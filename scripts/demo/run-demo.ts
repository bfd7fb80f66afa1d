import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../host/cache';
import { startReportServer } from './report-server';
import { startSimulator } from './simulator';
import { Tally } from './tally';

/** What a host has to build the demo in. */
export interface DemoWorld {
	/** A folder of its own, removed at the end. */
	readonly folder: string;
	/** Signs the sensors' events and the forwarded batches. */
	readonly secret: string;
	/** Where the ids of delivered sensor events are posted to, as a JSON list. */
	readonly reportUrl: string;
}

/** A host that runs the demo's pipeline. */
export interface DemoHost {
	readonly name: string;
	/** Where to look, and how to get in. */
	readonly editor: string;
	readonly sensorsUrl: string;
	readonly eventsPerSecond: number;
	kill(): Promise<void>;
	restart(): Promise<void>;
	stop(): Promise<void>;
}

const CHECK_PUSH_MS = 10_000;
const CHECK_KILL_MS = 5_000;
/** Longest wait for what is still on its way: retries after the kill, and the 5 s of the buffer. */
const CHECK_DRAIN_MS = 60_000;

export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * Runs the demo in a host: sensors push, a terminal shows what happens. `--check` runs about 20 s without a terminal, kills the host
 * once in the middle, prints one JSON line, and fails where an accepted event was lost or a refused one delivered.
 */
export function runDemo(start: (world: DemoWorld) => Promise<DemoHost>): void {
	demo(start, process.argv.includes('--check')).then(
		(code) => (process.exitCode = code),
		(error: unknown) => {
			say(String(error instanceof Error ? error.stack : error));
			process.exitCode = 1;
		},
	);
}

async function demo(
	start: (world: DemoWorld) => Promise<DemoHost>,
	check: boolean,
): Promise<number> {
	const secret = randomBytes(24).toString('hex');
	const tally = new Tally();
	const reports = await startReportServer((ids) => tally.delivered(ids));
	const folder = cacheFolder('demo', `run-${process.pid}`);
	try {
		await mkdir(folder, { recursive: true });
		const host = await start({ folder, secret, reportUrl: reports.url });
		const simulator = startSimulator(host.sensorsUrl, secret, host.eventsPerSecond, tally);
		try {
			if (check) await runCheck(host, () => simulator.stop(30_000), tally);
			else await runLive(host, tally);
		} finally {
			await simulator.stop(check ? 0 : 1_000);
			await host.stop();
		}
	} finally {
		reports.close();
		await rm(folder, { recursive: true, force: true });
	}
	return check ? verdict(tally) : 0;
}

async function runCheck(
	host: DemoHost,
	stopPushing: () => Promise<void>,
	tally: Tally,
): Promise<void> {
	await sleep(CHECK_KILL_MS);
	say(`killing ${host.name} with SIGKILL, events in flight …`);
	await host.kill();
	await host.restart();
	await sleep(CHECK_PUSH_MS - CHECK_KILL_MS);
	await stopPushing();
	const until = Date.now() + CHECK_DRAIN_MS;
	while (tally.summary.lost > 0 && Date.now() < until) await sleep(100);
}

function verdict({ summary, wronglyDelivered }: Tally): number {
	process.stdout.write(`${JSON.stringify(summary)}\n`);
	if (wronglyDelivered > 0)
		say(`${wronglyDelivered} events were delivered that should not have been`);
	return summary.lost === 0 && wronglyDelivered === 0 && summary.accepted > 0 && summary.refused > 0
		? 0
		: 1;
}

async function runLive({ name, editor, sensorsUrl }: DemoHost, tally: Tally): Promise<void> {
	const stopped = new Promise<void>((resolve) => {
		process.once('SIGINT', resolve);
		process.once('SIGTERM', resolve);
	});
	say(`\n${name}'s editor: ${editor}\nSensors push to ${sensorsUrl}. Stop with Ctrl-C.\n`);
	const live = process.stderr.isTTY;
	const timer = setInterval(
		() => {
			const { accepted, refused, delivered, duplicates, lost } = tally.summary;
			const line = `accepted ${accepted}   refused ${refused}   buffered ${lost}   delivered ${delivered} (${duplicates} twice)`;
			process.stderr.write(live ? `\r\u001b[2K${line}` : `${line}\n`);
		},
		live ? 250 : 2_000,
	);
	await stopped;
	clearInterval(timer);
	say('\nstopping …');
}
