/**
 * mocha's root hook: closes what the run shares, and fails, by name, when something is still at work afterwards. mocha then ends
 * the process by itself (`exit` in .mocharc.cjs): without that, Node waits at its end for requests that may never be answered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { closeShared } from './close-at-end';

/** How long what was closed in the last test may take to be gone. */
const LOOKS = 100;
const BETWEEN_LOOKS_MS = 50;

/** The timer that mocha keeps for the hook itself, and what was there before the first test. */
const known = ['Timeout'];

export const mochaHooks: Mocha.RootHookObject = {
	beforeAll() {
		known.push(...process.getActiveResourcesInfo());
	},
	async afterAll(this: Mocha.Context) {
		this.timeout(120_000);
		const failed = await closeShared();
		const active = await remaining();
		if (active.length > 0) {
			failed.push(`still active after the last test: ${active.join(', ')}`, ...describeActive());
		}
		failed.push(...silentlySkipped(this.test?.parent));
		if (failed.length > 0) throw new Error(failed.join('\n'));
	},
};

/** In CI nothing is skipped but the cases that wait for a capability, or are not planned, by name (run-cases.ts). */
function silentlySkipped(root: Mocha.Suite | undefined): string[] {
	const skipped: string[] = [];
	root?.eachTest((test) => {
		if (test.isPending() && !/\((waits for|not planned): .+\)$/.test(test.title)) {
			skipped.push(`skipped: ${test.fullTitle()}`);
		}
	});
	return process.env['CI'] === 'true' ? skipped : [];
}

/** Kinds of what keeps the process alive and did not before the first test; empty as soon as there is none. */
async function remaining(): Promise<string[]> {
	for (let look = 0; ; look++) {
		const unseen = [...known];
		const active = process.getActiveResourcesInfo().filter((kind) => {
			if (kind === 'Immediate') return false;
			const index = unseen.indexOf(kind);
			if (index >= 0) unseen.splice(index, 1);
			return index < 0;
		});
		if (active.length === 0 || look === LOOKS) return active;
		await sleep(BETWEEN_LOOKS_MS);
		// Only now the timer of that sleep is over for Node.
		await new Promise(setImmediate);
	}
}

interface Handle {
	readonly constructor: { readonly name: string };
	readonly spawnargs?: readonly string[];
	readonly remoteAddress?: string;
	readonly remotePort?: number;
	readonly localPort?: number;
	address?(): unknown;
}

/** Which ones they are, as far as Node tells. */
function describeActive(): string[] {
	const { _getActiveHandles, _getActiveRequests } = process as unknown as Record<
		'_getActiveHandles' | '_getActiveRequests',
		() => Handle[]
	>;
	return [..._getActiveHandles(), ..._getActiveRequests()].map((handle) => {
		const { name } = handle.constructor;
		if (handle.spawnargs) return `${name}: ${handle.spawnargs.join(' ').slice(0, 200)}`;
		if (handle.remotePort !== undefined) {
			return `${name}: ${handle.localPort} → ${handle.remoteAddress}:${handle.remotePort}`;
		}
		return `${name}: ${JSON.stringify(handle.address?.() ?? null)}`;
	});
}
