import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Counters, Store } from '../../core/buffer/store';
import { createEvent } from '../../core/event/create-event';
import { PipelineCore } from '../../core/pipeline/pipeline';
import type { PipelineNotice } from '../../core/pipeline/notices';
import type { ExportInput } from '../../core/pipeline/parse-export';
import type { Logger } from '../../core/runtime/logger';
import type { SinkConfig } from '../../core/sink/create-sink';
import type { FlowPorts } from '../../core/sink/flow';
import { createHttpTarget } from '../../core/sink/http/http-target';
import { settleByPush } from '../../core/sink/settle-by-push';
import { EndpointTransport } from './endpoint-transport';
import { FakeClock, settled } from './fake-clock';
import { anExportInput } from './pipeline-fixtures';

export const ID = 'items:n1/main';

/** A pipeline like that of a process of its own, an HTTP destination whose network is told what to answer, and a clock to be moved. */
export class HealthWorld {
	readonly clock = new FakeClock();
	readonly endpoint = new EndpointTransport();
	readonly notices: PipelineNotice[] = [];
	readonly log: string[] = [];
	store!: Store;
	core!: PipelineCore;
	#pushed = 0;
	#attachment: { detach(): Promise<void> } | undefined;
	#remove: () => Promise<void> = async () => {};

	async open(kind: 'memory' | 'sqlite' = 'memory'): Promise<this> {
		if (kind === 'memory') this.store = await openStore({ kind, clock: this.clock });
		else {
			const directory = await mkdtemp(join(tmpdir(), 'sluice-health-'));
			this.#remove = () => rm(directory, { recursive: true });
			this.store = await openStore({ kind, directory, clock: this.clock });
		}
		this.core = this.process();
		return this;
	}

	/** Another process over the same store. */
	process(): PipelineCore {
		const write = (message: string): void => void this.log.push(message);
		const logger: Logger = { debug() {}, info: write, warn: write, error: write };
		const core = new PipelineCore({ store: () => this.store, clock: this.clock, logger });
		core.subscribe((notice) => this.notices.push(notice));
		return core;
	}

	async attach(
		config: Partial<ExportInput> = {},
		o: {
			core?: PipelineCore;
			send?: 'batch' | 'row';
			id?: string;
			flow?: FlowPorts;
			sink?: SinkConfig;
		} = {},
	): Promise<void> {
		const { core = this.core, send = 'batch', id = 'main', flow } = o;
		// What an API has made keeps its secrets sealed, and this world has no key.
		const query = config.origin === 'api' ? '' : '?key=secret';
		const attachment = core.attachExport(
			{
				config: anExportInput({
					id,
					receiverId: 'items:n1',
					output: 'event',
					conditions: { count: 1, time: '10s', size: '1MB' },
					retry: { delaysMs: [5_000, 300_000, 1_800_000, 7_200_000], jitter: 0 },
					...config,
				}),
				sink:
					o.sink ??
					(flow
						? { kind: 'flow' }
						: { kind: 'http', url: `https://endpoint.test/in${query}`, send }),
				ports: flow ? { flow } : { transport: this.endpoint, resolveSecret: () => 'secret' },
			},
			{ key: 'node', label: 'node' },
		);
		this.#attachment = attachment;
		await attachment.ready;
		await settled();
	}

	/** A flow that delivers its batches as `sluice-forward` does, in one request each. */
	forwardFlow(): FlowPorts {
		const target = createHttpTarget(
			{ url: 'https://endpoint.test/in' },
			{ transport: this.endpoint, clock: this.clock },
		);
		return {
			doneWhen: () => 'acked',
			emit({ records, token = '', idempotencyKey }) {
				const body = Buffer.from(JSON.stringify(records));
				void settleByPush(target, token, body, { idempotencyKey, rows: records.length });
			},
		};
	}

	detach(): Promise<void> {
		return this.#attachment?.detach() ?? Promise.resolve();
	}

	/** Rows numbered from 1. */
	async push(count = 1, core = this.core): Promise<void> {
		const events = Array.from({ length: count }, () =>
			createEvent({
				id: randomBytes(8).toString('hex'),
				receivedAt: this.clock.now(),
				headers: { 'content-type': ['application/json'] },
				body: Buffer.from(JSON.stringify({ n: ++this.#pushed })),
			}),
		);
		await core.add(ID, events);
		await this.settle();
	}

	async advance(ms: number, stepMs = ms): Promise<void> {
		for (let left = ms; left > 0; left -= stepMs) {
			await this.clock.advance(Math.min(left, stepMs));
			await this.settle();
		}
	}

	/** Lets a store in a worker answer whatever was asked meanwhile. */
	async settle(): Promise<void> {
		await settled();
		if (this.store.kind === 'memory') return;
		let before = '';
		for (let same = 0; same < 3;) {
			const now = JSON.stringify([await this.store.counters(), this.endpoint.requests.length]);
			await settled();
			same = now === before ? same + 1 : 0;
			before = now;
		}
	}

	async counters(): Promise<Counters> {
		const found = (await this.store.counters()).find(({ exportId }) => exportId === ID);
		if (!found) throw new Error(`the store does not know ${ID}`);
		return found;
	}

	/** What the destination has taken, in the order in which it has. */
	get taken(): number[] {
		return this.endpoint.taken.flat().map((one) => {
			const body = (one as { body?: { n: number } }).body ?? (one as { n: number });
			return body.n;
		});
	}

	health(core = this.core) {
		return core.held().exports.get(ID)?.health;
	}

	async close(): Promise<void> {
		await this.core.close();
		await this.store.close();
		await this.#remove();
	}
}
