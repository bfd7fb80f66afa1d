/**
 * A healthy destination beside a dead one: from the append of an event to its settlement, alone and while the same events wait for an
 * endpoint that never answers.
 */
import type * as Core from '../../core/index';
import { openQueue, RECEIVER, type Queue } from './forward-sluice';
import { median, pass, rounded } from './store-load';

const EVENTS = 200;
const PAUSE_MS = 5;
/** Of a request to the dead one. */
const TIMEOUT_MS = 500;
const CONDITIONS = { count: 1, sizeBytes: 1024 ** 2, timeMs: 1_000 };

interface Latency {
	readonly p50Ms: number;
	readonly p99Ms: number;
}

export async function measureBesideDead(
	core: typeof Core,
	pipeline: Core.Pipeline,
	o: { readonly url: string; readonly body: string; readonly rounds: number },
): Promise<Record<string, object>> {
	const healthy = await openQueue(core, pipeline, {
		id: 'healthy',
		config: { conditions: CONDITIONS },
		sink: { kind: 'http', url: `${o.url}/healthy`, send: 'row' },
	});
	const alone: Latency[] = [];
	const beside: Latency[] = [];
	try {
		for (let round = 0; round <= o.rounds; round++) {
			const first = await measureLatency(core, pipeline, healthy, o.body);
			const dead = await openQueue(core, pipeline, {
				id: `dead-${round}`,
				config: { conditions: CONDITIONS, maxInFlight: 10 },
				sink: { kind: 'http', url: `${o.url}/dead`, send: 'row', timeoutMs: TIMEOUT_MS },
			});
			const second = await measureLatency(core, pipeline, healthy, o.body, dead);
			await dead.close();
			await pipeline.store.removeExport(dead.exportId, 'drop');
			// The first pair warms up.
			if (round > 0) {
				alone.push(first);
				beside.push(second);
			}
		}
	} finally {
		await healthy.close();
	}
	const ratio = (name: keyof Latency) =>
		Number(median(beside.map((one, i) => one[name] / (alone[i]?.[name] ?? 1))).toFixed(2));
	return {
		alone: { p50Ms: median(of(alone, 'p50Ms')), p99Ms: median(of(alone, 'p99Ms')), rounds: alone },
		beside: {
			what: `the same events for an endpoint that never answers, ${TIMEOUT_MS} ms of patience`,
			p50Ms: median(of(beside, 'p50Ms')),
			p99Ms: median(of(beside, 'p99Ms')),
			rounds: beside,
		},
		ratios: { p50: ratio('p50Ms'), p99: ratio('p99Ms') },
	};
}

async function measureLatency(
	core: typeof Core,
	pipeline: Core.Pipeline,
	healthy: Queue,
	body: string,
	dead?: Queue,
): Promise<Latency> {
	const latenciesMs: number[] = [];
	for (let i = 0; i < EVENTS; i++) {
		const event = () => core.createEvent({ body, receiverId: RECEIVER });
		const startedMs = performance.now();
		const done = healthy.done(1);
		const forDead = dead && pipeline.add(dead.exportId, [event()]);
		await pipeline.add(healthy.exportId, [event()]);
		await done;
		latenciesMs.push(performance.now() - startedMs);
		await forDead;
		await pass(PAUSE_MS);
	}
	latenciesMs.sort((a, b) => a - b);
	const at = (share: number) => rounded(latenciesMs[Math.floor(EVENTS * share)] ?? 0);
	return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

function of(rounds: readonly Latency[], name: keyof Latency): number[] {
	return rounds.map((one) => one[name]);
}
