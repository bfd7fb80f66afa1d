import assert from 'node:assert/strict';

/** What was said of one key, over all processes. */
interface Said {
	/** Of the rows that are stored for certain; ascending. */
	readonly appended: number[];
	readonly sent: Set<number>;
	/** The highest that was sent. */
	last: number;
	/** The last one that the running process has sent. */
	lastNow: number;
}

/** Holds what senders say (key-sender.ts) against the rules of order key (I22), line by line. */
export class KeyOrderLedger {
	readonly #said = new Map<string, Said>();

	/** The highest number of each key that is known. */
	get counts(): Record<string, number> {
		const entries = [...this.#said].map(([key, { appended, last }]) => [
			key,
			Math.max(last, appended.at(-1) ?? 0),
		]);
		return Object.fromEntries(entries);
	}

	/** Another process goes on, alone: it may send again what the one before it has not settled. */
	newLife(): void {
		for (const said of this.#said.values()) said.lastNow = 0;
	}

	/** @param isAlone one process sends at a time, each row once and in the order */
	read(line: string, isAlone: boolean): void {
		const [what, key = '', number = ''] = line.split(' ');
		const n = Number(number);
		const found = this.#said.get(key);
		const said = found ?? { appended: [], sent: new Set<number>(), last: 0, lastNow: 0 };
		if (what === 'appended') said.appended.push(n);
		else if (what === 'sent') {
			if (isAlone) assert.ok(n > said.lastNow, `${key}: ${n} is sent behind ${said.lastNow}`);
			const isFirst = !said.sent.has(n);
			assert.ok(n > said.last || !isFirst, `${key}: ${n} is sent first behind ${said.last}`);
			const skipped = said.appended.filter((other) => other < n && !said.sent.has(other));
			assert.deepEqual(skipped, [], `${key}: ${n} is sent before earlier ones`);
			said.sent.add(n);
			said.lastNow = n;
			said.last = Math.max(said.last, n);
		} else return;
		this.#said.set(key, said);
	}

	/** At the end: all that is stored was sent. @returns how many rows and keys */
	check(): { rows: number; keys: number } {
		let rows = 0;
		for (const [key, { appended, sent }] of this.#said) {
			const missing = appended.filter((n) => !sent.has(n));
			assert.deepEqual(missing, [], `all of ${key} were sent`);
			rows += appended.length;
		}
		return { rows, keys: this.#said.size };
	}
}
