import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `f` gives something, looking every 20 ms; fails with `what` after `withinMs`. */
export async function eventually<T>(
	what: string,
	f: () => T | undefined | false | Promise<T | undefined | false>,
	withinMs = 60_000,
): Promise<T> {
	const until = Date.now() + withinMs;
	for (;;) {
		const value = await f();
		if (value !== undefined && value !== false) return value;
		if (Date.now() > until) throw new Error(`did not happen within ${withinMs} ms: ${what}`);
		await sleep(20);
	}
}
