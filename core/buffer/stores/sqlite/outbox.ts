import { packAppends, type PendingAppend, unpackAppends } from './packed-appends';
import type { Call, OperationCall, RequestMessage } from './protocol';

/**
 * Collects the calls of one turn of the event loop into one message: one structured clone, and one array buffer that is
 * handed over instead of copied.
 */
export class Outbox {
	#calls: (OperationCall | number)[] = [];
	#appends: PendingAppend[] = [];

	get isEmpty(): boolean {
		return this.#calls.length === 0;
	}

	add(call: OperationCall): void {
		this.#calls.push(call);
	}

	addAppend(append: PendingAppend): void {
		this.#appends.push(append);
		const last = this.#calls.length - 1;
		const run = this.#calls[last];
		if (typeof run === 'number') this.#calls[last] = run + 1;
		else this.#calls.push(1);
	}

	/** Empties itself into a message. */
	take(): Pick<RequestMessage, 'calls' | 'appends'> {
		const calls = this.#calls;
		const appends = packAppends(this.#appends);
		this.#calls = [];
		this.#appends = [];
		return { calls, appends };
	}
}

/** The calls of such a message, in the order they were made. */
export function callsOf({ calls, appends }: Pick<RequestMessage, 'calls' | 'appends'>): Call[] {
	const unpacked = unpackAppends(appends);
	// Almost always: nothing but appends.
	if (calls.length === 1 && typeof calls[0] === 'number') return unpacked;
	let taken = 0;
	return calls.flatMap((call): Call | Call[] =>
		typeof call === 'number' ? unpacked.slice(taken, (taken += call)) : call,
	);
}
