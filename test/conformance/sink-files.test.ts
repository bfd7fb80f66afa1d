import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSink } from '../../core/sink/create-sink';
import { fileRows } from '../support/read-files';
import { sinkSuite, type SinkFixture } from './sink-suite';

const WHO = { exportId: 'r/e', label: 'e' };

async function start(gzip: boolean): Promise<SinkFixture> {
	const root = await mkdtemp(join(tmpdir(), 'sluice-files-'));
	const directory = join(root, 'out');
	mkdirSync(directory);
	let fifo = '';
	// Each batch is a file, so that what was taken can be seen at once.
	const config = { kind: 'files', directory: 'out', fileAgeMs: 0, timeoutMs: 1_000, gzip } as const;
	const sink = createSink(config, { directories: () => directory, who: WHO });
	return {
		sink,
		neverRefuses: true,
		taken: () => fileRows(directory),
		behave(how) {
			// As when it is not mounted.
			if (how === 'fail') renameSync(directory, join(root, 'elsewhere'));
			if (how !== 'hang') return;
			// To open a pipe that nobody reads from waits for ever, as a server does that is gone.
			mkdirSync(folderOf(directory), { recursive: true });
			fifo = join(folderOf(directory), 'ledger');
			execFileSync('mkfifo', [fifo]);
		},
		async close() {
			if (fifo !== '') letGo(fifo);
			await rm(root, { recursive: true, force: true });
		},
	};
}

/** Who waits gets something that is no ledger; nobody may. */
function letGo(fifo: string): void {
	const descriptor = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
	writeSync(descriptor, 'x\n');
	closeSync(descriptor);
}

/** Where it keeps what is its own. */
function folderOf(directory: string): string {
	const digest = createHash('sha256').update(WHO.exportId).digest('hex').slice(0, 16);
	return join(directory, '.sluice', digest);
}

sinkSuite('files sink', () => start(false));
sinkSuite('files sink, compressed', () => start(true));
