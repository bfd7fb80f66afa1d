import type { Engine } from './engine';
import { readPragma } from './pragmas';
import type { Call } from './protocol';
import { dropKept } from './trim-kept';

const WARN_EVERY_MS = 300_000;
/** What is stored takes more than its bytes: pages that are not full, indexes. */
const NEED = { times: 2, more: 256 * 1024 } as const;

/**
 * On a disk that is nearly full kept events go before new ones are refused (S42): their pages stay in the file, so what is appended
 * then takes none of the disk; what is not used of them is given back to it.
 */
export class KeptRoom {
	readonly #warn: (message: string) => void;
	#isMade = false;
	#warnedAtMs = Number.NEGATIVE_INFINITY;

	constructor(warn: (message: string) => void) {
		this.#warn = warn;
	}

	/** Whether the file has room for the running group, since so many kept events have gone. */
	get isMade(): boolean {
		return this.#isMade;
	}

	/** @param isNearlyFull the disk: there is something to do where the group appends */
	begin(engine: Engine, group: readonly Call[], isNearlyFull: boolean): void {
		this.#isMade = isNearlyFull && this.#make(engine, bytesOf(group));
	}

	#make(engine: Engine, bytes: number): boolean {
		const needed = NEED.times * bytes + NEED.more;
		let dropped = 0;
		for (;;) {
			const missing = needed - freeBytesIn(engine);
			if (missing <= 0) break;
			const gone = dropKept(engine, missing);
			dropped += gone;
			if (gone === 0) return false;
		}
		if (dropped > 0) this.#tell(performance.now());
		return true;
	}

	#tell(nowMs: number): void {
		if (nowMs - this.#warnedAtMs < WARN_EVERY_MS) return;
		this.#warnedAtMs = nowMs;
		this.#warn(
			'the disk of the store is nearly full: the oldest kept events are dropped, so that new ones need not be refused; make room there',
		);
	}
}

function bytesOf(group: readonly Call[]): number {
	return group.reduce((sum, call) => sum + (call.op === 'append' ? call.byteLength : 0), 0);
}

/** Pages of the file that nothing uses. */
function freeBytesIn({ connection }: Engine): number {
	const read = (name: string) => Number(readPragma(connection, name));
	return read('freelist_count') * read('page_size');
}
