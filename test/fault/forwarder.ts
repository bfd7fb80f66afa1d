/**
 * A process that forwards rows of a shared store to an endpoint, under a clock that its parent moves. Arguments: ForwarderOptions as JSON.
 * It takes commands as lines of JSON, and answers each by `done <json>`.
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { createEvent } from '../../core/event/create-event';
import type { HealthView } from '../../core/health/health-view';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import type { ExportInput } from '../../core/pipeline/parse-export';
import type { Logger } from '../../core/runtime/logger';
import { FakeClock } from '../support/fake-clock';
import { anExportInput } from '../support/pipeline-fixtures';

export interface ForwarderOptions {
	readonly store: Extract<StoreOptions, { kind: 'postgres' }>;
	readonly url: string;
	readonly config?: Partial<ExportInput>;
}

export type ForwarderCommand =
	/** Rows with these numbers. */
	| { readonly do: 'push'; readonly numbers: readonly number[] }
	| { readonly do: 'advance'; readonly ms: number }
	| { readonly do: 'look' };

/** What `look` answers. */
export interface ForwarderView {
	readonly health: HealthView | undefined;
	readonly requests: number;
	/** Kinds of changes of its destination, in their order. */
	readonly changes: readonly string[];
	readonly log: readonly string[];
}

const { store: options, url, config } = JSON.parse(process.argv[2] ?? '') as ForwarderOptions;
const ID = 'items:n1/main';
const log: string[] = [];
const changes: string[] = [];
let requests = 0;

async function run(): Promise<void> {
	const clock = new FakeClock();
	const write = (message: string): void => void log.push(message);
	const logger: Logger = { debug() {}, info: write, warn: write, error: write };
	const store = await openStore({ ...options, clock, logger });
	const pipeline = await openPipeline({ store, clock, logger });
	pipeline.subscribe((notice) => {
		if (notice.kind === 'request') requests++;
		if (notice.kind === 'health') changes.push(notice.change.kind);
	});
	const attachment = pipeline.attachExport(
		{
			config: anExportInput({
				receiverId: 'items:n1',
				output: 'event',
				conditions: { count: 1, time: '10s', size: '1MB' },
				retry: { delaysMs: [5_000], repeatLast: true, jitter: 0 },
				...config,
			}),
			sink: { kind: 'http', url, send: 'batch' },
		},
		{ key: 'node', label: 'node' },
	);
	await attachment.ready;
	const lines = createInterface({ input: process.stdin });
	answer({ pid: process.pid });
	for await (const line of lines) answer(await obey(JSON.parse(line) as ForwarderCommand));
	await pipeline.close();
	await store.close();

	async function obey(command: ForwarderCommand): Promise<unknown> {
		if (command.do === 'push') {
			const events = command.numbers.map((n) =>
				createEvent({
					id: randomBytes(8).toString('hex'),
					receivedAt: clock.now(),
					headers: { 'content-type': ['application/json'] },
					body: Buffer.from(JSON.stringify({ n })),
				}),
			);
			return pipeline.add(ID, events);
		}
		if (command.do === 'advance') return clock.advance(command.ms);
		const health = pipeline.held().exports.get(ID)?.health;
		const view: ForwarderView = { health, requests, changes, log };
		return view;
	}
}

function answer(value: unknown = null): void {
	writeSync(1, `done ${JSON.stringify(value)}\n`);
}

void run();
