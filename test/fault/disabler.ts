/**
 * A process that fills an export and disables it, for the tests that kill it meanwhile. It says `filled`, `disabling` and
 * `disabled`. Arguments: DisablerOptions as JSON.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { systemClock } from '../../core/runtime/clock';
import { anExport, aRow, claimBatch, EXPORT_ID } from '../conformance/store-fixtures';

export interface DisablerOptions {
	readonly store: StoreOptions;
	readonly rows: number;
	/** In batches of as many rows as the export's count, of those that wait. */
	readonly openBatches: number;
}

const { store: options, rows, openBatches } = JSON.parse(process.argv[2] ?? '') as DisablerOptions;

async function run(): Promise<void> {
	// It lives until it is killed.
	setInterval(() => {}, 60_000);
	const store = await openStore(options);
	const conditions = { count: 10, sizeBytes: 1_000_000, timeMs: 600_000 };
	await store.putExport(anExport({ conditions, maxInFlight: 100 }));
	const events = Array.from({ length: rows }, (_, n) => ({
		rows: [aRow(systemClock, `${n}`.padEnd(200, '.'))],
	}));
	await store.append({ receiverId: 'receiver', events });
	for (let n = 0; n < openBatches; n++) await claimBatch(store);
	// Told by a signal, since what is to be in its way comes when it has rows.
	const told = once(process, 'SIGUSR2');
	say('filled');
	await told;
	say('disabling');
	await store.setState(EXPORT_ID, 'USER_DISABLED');
	say('disabled');
}

function say(line: string): void {
	writeSync(1, `${line}\n`);
}

void run();
