/**
 * The demo of the README: a real Node-RED with the packed package, sensors that push, and a terminal that shows what happens.
 * `--check` runs about 20 s without a terminal, kills Node-RED once in the middle, and prints one JSON line.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../host/cache';
import { freePort } from '../host/free-port';
import { installIntoPalette, packPackage } from '../host/package';
import { prepareUserDir, startNodeRed, type NodeRedHost } from '../host/node-red-host';
import { demoFlow, IDS, SENSORS_PATH } from './flow';
import { startReportServer } from './report-server';
import { startSimulator } from './simulator';
import { Tally } from './tally';

const check = process.argv.includes('--check');
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const EVENTS_PER_SECOND = 40;
const CHECK_PUSH_MS = 10_000;
const CHECK_KILL_MS = 5_000;
/** Longest wait for what is still on its way: retries after the kill, and the 5 s of the buffer. */
const CHECK_DRAIN_MS = 60_000;

async function main(): Promise<number> {
	const secret = randomBytes(24).toString('hex');
	const tally = new Tally();
	const reports = await startReportServer((ids) => tally.delivered(ids));
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const userDir = cacheFolder('demo', `run-${process.pid}`);
	say('packing and installing the package …');
	await installIntoPalette(
		userDir,
		await packPackage(cacheFolder('demo', `run-${process.pid}`, 'pack')),
	);
	const options = {
		userDir,
		port,
		flows: demoFlow(url, reports.url),
		credentials: { [IDS.secret]: { secret } },
	};
	await prepareUserDir(options);
	say('starting Node-RED …');
	let host = await startNodeRed(options);
	const simulator = startSimulator(`${url}${SENSORS_PATH}`, secret, EVENTS_PER_SECOND, tally);
	try {
		if (check) {
			host = await runCheck(
				host,
				() => startNodeRed(options),
				() => simulator.stop(30_000),
				tally,
			);
		} else {
			await runLive(url, tally);
			await simulator.stop(1_000);
		}
	} finally {
		await simulator.stop(0);
		await host.stop();
		reports.close();
		await rm(userDir, { recursive: true, force: true });
	}
	if (!check) return 0;
	const { summary, wronglyDelivered } = tally;
	process.stdout.write(`${JSON.stringify(summary)}\n`);
	if (wronglyDelivered > 0)
		say(`${wronglyDelivered} events were delivered that should not have been`);
	return summary.lost === 0 && wronglyDelivered === 0 && summary.accepted > 0 && summary.refused > 0
		? 0
		: 1;
}

async function runCheck(
	host: NodeRedHost,
	restart: () => Promise<NodeRedHost>,
	stopPushing: () => Promise<void>,
	tally: Tally,
): Promise<NodeRedHost> {
	await sleep(CHECK_KILL_MS);
	say('killing Node-RED with SIGKILL, events in flight …');
	await host.kill();
	const again = await restart();
	await sleep(CHECK_PUSH_MS - CHECK_KILL_MS);
	await stopPushing();
	const until = Date.now() + CHECK_DRAIN_MS;
	while (tally.summary.lost > 0 && Date.now() < until) await sleep(100);
	return again;
}

async function runLive(url: string, tally: Tally): Promise<void> {
	const stopped = new Promise<void>((resolve) => {
		process.once('SIGINT', resolve);
		process.once('SIGTERM', resolve);
	});
	say(`\nNode-RED's editor: ${url}\nSensors push to ${url}${SENSORS_PATH}. Stop with Ctrl-C.\n`);
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

main().then(
	(code) => (process.exitCode = code),
	(error: unknown) => {
		say(String(error instanceof Error ? error.stack : error));
		process.exitCode = 1;
	},
);
