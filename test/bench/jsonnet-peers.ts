/**
 * T1 in other engines: Debian's command line tool, one process per event, and the native addon, one machine for all. They
 * have no host functions as ours has, so `Body` and `Now` are written in Jsonnet and the event arrives as external code. Our
 * engine takes that same program too, compiled anew for each event.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

import type { jsonnet } from '../../core/index';

export interface PeerCase {
	readonly engine: typeof jsonnet;
	readonly source: string;
	/** What the host functions see, as JSON: `{body, today}`. */
	readonly events: readonly string[];
	readonly expected: readonly unknown[];
	/** Of our compiled template. */
	readonly microsecondsPerEvaluation: number;
}

const HOST_FUNCTIONS = `
local event = std.extVar("event");
local Now(format) = event.today;
local Body(path, default=null) =
  local step(found, key) =
    if std.isObject(found) && std.objectHas(found, key) then found[key] else null;
  local found = std.foldl(step, std.split(path, "."), event.body);
  if found == null then default else found;
`;

const RUNS = 20;
const limits = { timeMs: 10_000 };

export async function measurePeers(peerCase: PeerCase): Promise<object> {
	const program = HOST_FUNCTIONS + peerCase.source;
	const ours = await time(peerCase, (event) =>
		peerCase.engine.evaluateToJson(program, { extVars: { event: { code: event } }, limits }),
	);
	const against = (milliseconds: number) => ({
		milliseconds: round(milliseconds),
		timesOurs: Math.round((milliseconds * 1000) / peerCase.microsecondsPerEvaluation),
		timesOursSameProgramCompiledEachTime: round(milliseconds / ours),
	});
	const cli = commandLine(program);
	const addon = nativeAddon(program);
	return {
		oursSameProgramCompiledEachTime: { milliseconds: round(ours) },
		commandLine: cli === undefined ? 'not installed' : against(await time(peerCase, cli)),
		nodeJsonnet: addon === undefined ? 'not loadable' : against(await time(peerCase, addon)),
	};
}

type Evaluate = (event: string) => string | Promise<string>;

function commandLine(program: string): Evaluate | undefined {
	if (spawnSync('jsonnet', ['--version']).status !== 0) return undefined;
	return (event) =>
		spawnSync('jsonnet', ['--ext-code', `event=${event}`, '-e', program], { encoding: 'utf8' })
			.stdout;
}

/** Its own types cannot be found through its `exports`. */
interface AddonModule {
	readonly Jsonnet: new () => Addon;
}

interface Addon {
	extCode(name: string, code: string): Addon;
	evaluateSnippet(source: string, filename: string): Promise<string>;
}

function nativeAddon(program: string): Evaluate | undefined {
	try {
		const { Jsonnet } = createRequire(__filename)('@hanazuki/node-jsonnet') as AddonModule;
		const machine = new Jsonnet();
		return (event) => machine.extCode('event', event).evaluateSnippet(program, 'bench.jsonnet');
	} catch {
		return undefined;
	}
}

/** Milliseconds of wall time of the fastest run; the result of each is checked. */
async function time({ events, expected }: PeerCase, evaluate: Evaluate): Promise<number> {
	const times: number[] = [];
	for (let i = 0; i < RUNS; i++) {
		const at = i % events.length;
		const start = performance.now();
		const text = await evaluate(events[at] ?? '');
		times.push(performance.now() - start);
		assert.deepEqual(JSON.parse(text), expected[at]);
	}
	return Math.min(...times);
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}
