/**
 * Load over HTTP by a process of its own: what it costs is not the server's. By `wrk` where it is installed, since a JavaScript client takes
 * as much of the machine as the server that it measures; else by autocannon, and the result says so.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/host/cache';

export interface Shots {
	readonly url: string;
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly connections: number;
	readonly seconds: number;
}

export interface Hits {
	readonly requestsPerSecond: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
	readonly requests: number;
}

export const TOOL: 'wrk' | 'autocannon' =
	spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined ? 'wrk' : 'autocannon';

/** POSTs the body again and again. @throws where anything but 2xx came back, or nothing did */
export async function shoot(shots: Shots): Promise<Hits> {
	const folder = await mkdtemp(path.join(tmpdir(), 'sluice-shoot-'));
	try {
		const bodyFile = path.join(folder, 'body');
		await writeFile(bodyFile, shots.body);
		return await (TOOL === 'wrk' ? byWrk(shots, folder, bodyFile) : byAutocannon(shots, bodyFile));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function byWrk(shots: Shots, folder: string, bodyFile: string): Promise<Hits> {
	const { url, headers, connections, seconds } = shots;
	const script = path.join(folder, 'post.lua');
	const lines = [
		'wrk.method = "POST"',
		`local file = io.open(${JSON.stringify(bodyFile)}, "rb")`,
		'wrk.body = file:read("*a")',
		'file:close()',
		...Object.entries(headers).map(
			([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
		),
		'done = function(summary, latency)',
		'  local e = summary.errors',
		'  io.write(string.format("\\n{\\"requests\\":%d,\\"micros\\":%d,\\"p50\\":%d,\\"p99\\":%d,\\"failed\\":%d}\\n",',
		'    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),',
		'    e.status + e.connect + e.read + e.write + e.timeout))',
		'end',
	];
	await writeFile(script, lines.join('\n'));
	const duration = `${Math.ceil(seconds)}s`;
	// A host may have no more than twenty answers a second for all connections.
	const timeout = ['--timeout', '30s'];
	const text = await run('wrk', [
		'-t1',
		`-c${connections}`,
		`-d${duration}`,
		...timeout,
		'-s',
		script,
		url,
	]);
	const result = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Record<
		'requests' | 'micros' | 'p50' | 'p99' | 'failed',
		number
	>;
	return hits(result.requests, result.micros / 1e6, result.failed, {
		p50Ms: result.p50 / 1_000,
		p99Ms: result.p99 / 1_000,
	});
}

async function byAutocannon(shots: Shots, bodyFile: string): Promise<Hits> {
	const { url, headers, connections, seconds } = shots;
	const text = await run(process.execPath, [
		path.join(ROOT, 'node_modules/autocannon/autocannon.js'),
		...['-c', String(connections), '-d', String(seconds), '-m', 'POST', '-i', bodyFile],
		...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`]),
		...['-j', '-n', url],
	]);
	const { latency, non2xx, errors, duration, ...result } = JSON.parse(text) as {
		latency: { p50: number; p99: number };
		'2xx': number;
		non2xx: number;
		errors: number;
		duration: number;
	};
	return hits(result['2xx'], duration, non2xx + errors, {
		p50Ms: latency.p50,
		p99Ms: latency.p99,
	});
}

function hits(
	requests: number,
	seconds: number,
	failed: number,
	latency: Pick<Hits, 'p50Ms' | 'p99Ms'>,
): Hits {
	if (failed > 0 || requests === 0)
		throw new Error(`${failed} of ${requests + failed} requests failed`);
	return { requestsPerSecond: Math.round(requests / seconds), requests, ...latency };
}

async function run(command: string, args: readonly string[]): Promise<string> {
	const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
	let text = '';
	child.stdout.on('data', (part) => (text += String(part)));
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`${command} ended with ${code}`);
	return text;
}
