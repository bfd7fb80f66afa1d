/**
 * `npm run bench:jsonnet`: the templates of J109 in the built bundle against hand-written JavaScript in the same process, as
 * CPU time, best of five; then the first compilation in a fresh process, and other engines. Prints JSON; the goals are those
 * of J110. `SLUICE_BENCH_LOOPS` sets the evaluations of one run.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

import { measureCold } from './jsonnet-cold';
import { measurePeers } from './jsonnet-peers';

import type * as core from '../../core/index';
import type { HostFunction } from '../../core/jsonnet/host-function';

const BUNDLE = path.resolve(__dirname, '../../dist/core/index.js');
const { jsonnet } = createRequire(__filename)(BUNDLE) as typeof core;
const { compile } = jsonnet;

interface BenchEvent {
	readonly ip: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly now: Date;
	readonly body: Record<string, unknown>;
}

const T1 = `{ id: Body("device.id"), temp: Body("data.temperature.value"), at: Now("%Y-%m-%d"),
  tags: [x for x in Body("labels", [])], name: std.asciiUpper(Body("name", "x")) }`;

const T2 = `local t = Body("data.temperature.value");
local c2f(c) = c * 9 / 5 + 32;
local base = { source: "webhook", ip: Ip(), summary: "%s: %.1f C" % [self.name, t], name: "?" };
base + {
  name: Body("name", "unknown"), temp_f: c2f(t),
  level: if t > 30 then "hot" else if t > 15 then "ok" else "cold",
  labels: std.join(",", [std.asciiLower(l) for l in Body("labels", []) if l != "b"]),
  meta: { req: Header("X-Request-Id", null), n: std.length(Body("labels", [])), [Body("device.id")]: true },
  raw: Body("device"),
}`;

const T3 = `{ ${Array.from({ length: 20 }, (_, i) => `f${i}: Body("data.f${i}")`).join(', ')} }`;

const EVENTS = Array.from({ length: 64 }, (_, i) => makeEvent(i));
const GLOBALS: Record<string, HostFunction<BenchEvent>> = {
	Body: hostFunction(['path', 'default'], (path) => {
		const keys = path.split('.');
		return (event) => readPath(event.body, keys);
	}),
	Header: hostFunction(['header', 'default'], (name) => {
		const key = name.toLowerCase();
		return (event) => event.headers[key];
	}),
	Now: hostFunction(['format'], () => (event) => day(event.now)),
	Ip: { params: [], call: (event) => event.ip },
};

/** Keeps the optimizer from dropping the work. */
const kept: { last: unknown } = { last: undefined };
const LOOPS = Number(process.env['SLUICE_BENCH_LOOPS'] ?? 40_000);

interface TemplateFigures {
	readonly perSecond: number;
	readonly [figure: string]: number;
}

function measureTemplate(source: string, byHand: (event: BenchEvent) => unknown): TemplateFigures {
	const template = compile(source, { globals: GLOBALS });
	for (const event of EVENTS) {
		assert.deepEqual(template.evaluate(event), byHand(event));
		assert.deepEqual(JSON.parse(template.evaluateToText(event)), byHand(event));
	}
	const hand = bestOf(() => each(byHand));
	const objects = bestOf(() => each((event) => template.evaluate(event)));
	const handText = bestOf(() => each((event) => JSON.stringify(byHand(event))));
	const text = bestOf(() => each((event) => template.evaluateToText(event)));
	const allocated = allocation((event) => template.evaluate(event));
	const returned = allocation(byHand);
	return {
		perSecond: rate(objects),
		byHandPerSecond: rate(hand),
		ratio: round(objects / hand),
		textPerSecond: rate(text),
		byHandTextPerSecond: rate(handText),
		textRatio: round(text / handText),
		allocatedBytes: Math.round(allocated),
		byHandAllocatedBytes: Math.round(returned),
		allocationRatio: round(allocated / returned),
	};
}

function measureCompile(source: string): number {
	const times = bestOf(() => {
		for (let i = 0; i < 500; i++) compile(source, { globals: GLOBALS });
	});
	return round(times / 500);
}

function each(action: (event: BenchEvent) => unknown): void {
	for (let i = 0; i < LOOPS; i++) {
		const event = EVENTS[i % EVENTS.length];
		if (event !== undefined) kept.last = action(event);
	}
}

/** CPU microseconds of the fastest of five runs, after one to warm up. */
function bestOf(action: () => void): number {
	action();
	const times = Array.from({ length: 5 }, () => {
		const start = process.cpuUsage();
		action();
		return process.cpuUsage(start).user;
	});
	return Math.min(...times);
}

/** Bytes of heap per event: the median of short runs, which mostly see no collection. */
function allocation(action: (event: BenchEvent) => unknown): number {
	const sizes = Array.from({ length: 51 }, () => {
		const before = process.memoryUsage().heapUsed;
		for (const event of EVENTS) kept.last = action(event);
		return (process.memoryUsage().heapUsed - before) / EVENTS.length;
	});
	return sizes.sort((a, b) => a - b)[25] ?? Number.NaN;
}

function rate(microseconds: number): number {
	return Math.round((LOOPS / microseconds) * 1e6);
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}

function makeEvent(i: number): BenchEvent {
	const data: Record<string, unknown> = { temperature: { value: 10 + i / 2 } };
	for (let field = 0; field < 20; field++) data[`f${field}`] = i * field;
	return {
		ip: `10.0.0.${i}`,
		headers: { 'content-type': 'application/json', 'x-request-id': `req-${i}` },
		now: new Date(Date.UTC(2026, 10, 1 + (i % 28))),
		body: {
			device: { id: `dev-${i}`, name: `Device ${i}` },
			data,
			...(i % 5 === 0 ? {} : { labels: ['a', 'b', 'c'] }),
			...(i % 8 === 0 ? {} : { name: `Sensor ${i}` }),
		},
	};
}

function hostFunction(
	[first = '', second]: readonly string[],
	make: (constant: string) => (event: BenchEvent) => unknown,
): HostFunction<BenchEvent> {
	const params = [
		{ name: first, optional: true },
		...(second === undefined ? [] : [{ name: second, optional: true, lazy: true }]),
	];
	const reader = (constant: string) => {
		const read = make(constant);
		return (event: BenchEvent, args: readonly unknown[]) => {
			const found = read(event);
			if (found !== undefined) return found;
			if (args[1] === undefined) throw new Error(`${constant} not found`);
			return args[1];
		};
	};
	return {
		params,
		call: (event, args) => reader(String(args[0] ?? ''))(event, args),
		prepare: ([constant]) => reader(String(constant ?? '')),
	};
}

function readPath(body: unknown, keys: readonly string[]): unknown {
	let value = body;
	for (let i = 0; i < keys.length; i++) {
		const key = keys[i] ?? '';
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
		value = (value as Record<string, unknown>)[key];
	}
	return value;
}

function day(date: Date): string {
	const two = (value: number) => `${value}`.padStart(2, '0');
	return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

interface Body {
	device: { id: string; name: string };
	data: Record<string, unknown> & { temperature: { value: number } };
	labels?: string[];
	name?: string;
}

function byHand1(event: BenchEvent): unknown {
	const body = event.body as unknown as Body;
	return {
		at: day(event.now),
		id: body.device.id,
		name: (body.name ?? 'x').toUpperCase(),
		tags: [...(body.labels ?? [])],
		temp: body.data.temperature.value,
	};
}

function byHand2(event: BenchEvent): unknown {
	const body = event.body as unknown as Body;
	const t = body.data.temperature.value;
	const labels = body.labels ?? [];
	const name = body.name ?? 'unknown';
	const shown = labels.filter((label) => label !== 'b').map((label) => label.toLowerCase());
	return {
		ip: event.ip,
		labels: shown.join(','),
		level: t > 30 ? 'hot' : t > 15 ? 'ok' : 'cold',
		meta: {
			[body.device.id]: true,
			n: labels.length,
			req: event.headers['x-request-id'] ?? null,
		},
		name,
		raw: { ...body.device },
		source: 'webhook',
		summary: `${name}: ${t.toFixed(1)} C`,
		temp_f: (t * 9) / 5 + 32,
	};
}

function byHand3(event: BenchEvent): unknown {
	const { data } = event.body as unknown as Body;
	// A missing value is an error in the template, so it is one here.
	const read = (key: string) => {
		if (!Object.hasOwn(data, key)) throw new Error(`${key} not found`);
		return data[key];
	};
	return {
		f0: read('f0'),
		f1: read('f1'),
		f10: read('f10'),
		f11: read('f11'),
		f12: read('f12'),
		f13: read('f13'),
		f14: read('f14'),
		f15: read('f15'),
		f16: read('f16'),
		f17: read('f17'),
		f18: read('f18'),
		f19: read('f19'),
		f2: read('f2'),
		f3: read('f3'),
		f4: read('f4'),
		f5: read('f5'),
		f6: read('f6'),
		f7: read('f7'),
		f8: read('f8'),
		f9: read('f9'),
	};
}

async function measureAll(): Promise<object> {
	const templateT1 = measureTemplate(T1, byHand1);
	return {
		machine: `${os.cpus()[0]?.model ?? '?'} × ${os.cpus().length}, Node ${process.version}`,
		date: new Date().toISOString(),
		loadAverage: os.loadavg().map(round),
		T1: templateT1,
		T2: measureTemplate(T2, byHand2),
		T3: measureTemplate(T3, byHand3),
		compileWarmMicroseconds: {
			T1: measureCompile(T1),
			T2: measureCompile(T2),
			T3: measureCompile(T3),
		},
		compileColdMicroseconds: { T1: measureCold(BUNDLE, T1) },
		peersT1: await measurePeers({
			engine: jsonnet,
			source: T1,
			events: EVENTS.map(({ body, now }) => JSON.stringify({ body, today: day(now) })),
			expected: EVENTS.map(byHand1),
			microsecondsPerEvaluation: 1e6 / templateT1.perSecond,
		}),
	};
}

void measureAll().then((results) => console.log(JSON.stringify(results, null, '\t')));
