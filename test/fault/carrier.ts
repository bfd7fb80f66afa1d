/**
 * A process that moves a store or adopts an export, for the tests that kill it. Arguments: CarrierOptions as JSON. Prints `ready` when it
 * begins, and `left <rows>` when it has ended.
 */
import { writeSync } from 'node:fs';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { move } from '../../core/operate/move/move';
import { adopt } from '../../core/operate/verbs/adopt';

export interface CarrierOptions {
	readonly from: StoreOptions;
	/** Another store to move to, or two exports of `from`. */
	readonly to: StoreOptions | { readonly exportId: string; readonly to: string };
	readonly leaseMs: number;
}

const { from, to, leaseMs } = JSON.parse(process.argv[2] ?? '') as CarrierOptions;

async function run(): Promise<void> {
	const store = await openStore(from);
	say('ready');
	if ('exportId' in to) {
		// Killed between the removal of the empty one and its answer, there is none.
		const isThere = (await store.getExport(to.exportId)) !== undefined;
		const { left } = isThere
			? await adopt({ store }, to.exportId, to.to, { leaseMs })
			: { left: 0 };
		say(`left ${left}`);
	} else {
		const other = await openStore(to);
		const moved = await move({ store }, async () => ({ store: other }), {
			confirm: 'all',
			leaseMs,
		});
		say(`left ${'left' in moved ? moved.left.rows : -1}`);
		await other.close();
	}
	await store.close();
}

/** At once: what is said is true whatever becomes of the process. */
function say(line: string): void {
	writeSync(1, `${line}\n`);
}

void run();
