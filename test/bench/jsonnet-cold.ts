/** The first compilation of a template in a process, timed in children of this one (J110). */
import { spawnSync } from 'node:child_process';

/** What a child runs: it loads the bundle, then compiles three times. */
const CHILD = `
const { jsonnet } = require(process.argv[1]);
const params = [{ name: 'a', optional: true }, { name: 'b', optional: true, lazy: true }];
const host = { params, call: () => 1, prepare: () => () => 1 };
const globals = { Body: host, Now: host };
const times = [];
performance.now();
for (let i = 0; i < 3; i++) {
	const start = performance.now();
	jsonnet.compile(process.argv[2], { globals });
	times.push((performance.now() - start) * 1000);
}
console.log(JSON.stringify(times));
`;

const CHILDREN = 15;

interface ColdFigures {
	readonly fastest: number;
	readonly median: number;
	/** The compilation after the first one. */
	readonly secondMedian: number;
}

/**
 * Microseconds in fresh processes. V8 compiles each JavaScript function when it is first called; `functionsCompiledBefore`
 * has that done while loading (`--no-lazy`), so the difference to `asLoaded` is V8's share.
 */
export function measureCold(bundle: string, source: string): Record<string, ColdFigures> {
	return {
		asLoaded: measure(bundle, source, []),
		functionsCompiledBefore: measure(bundle, source, ['--no-lazy']),
	};
}

function measure(bundle: string, source: string, flags: readonly string[]): ColdFigures {
	const runs = Array.from({ length: CHILDREN }, () => {
		const child = spawnSync(process.execPath, [...flags, '-e', CHILD, bundle, source], {
			encoding: 'utf8',
		});
		if (child.status !== 0) throw new Error(child.stderr);
		return JSON.parse(child.stdout) as [number, number, number];
	});
	const first = sorted(runs.map((times) => times[0]));
	const second = sorted(runs.map((times) => times[1]));
	const middle = Math.floor(CHILDREN / 2);
	return {
		fastest: Math.round(first[0] ?? Number.NaN),
		median: Math.round(first[middle] ?? Number.NaN),
		secondMedian: Math.round(second[middle] ?? Number.NaN),
	};
}

function sorted(times: number[]): number[] {
	return times.sort((a, b) => a - b);
}
