import assert from 'node:assert/strict';
import { openStore } from '../../core/buffer/open-store';
import type { Counters, Store } from '../../core/buffer/store';
import type { ExportInput } from '../../core/pipeline/parse-export';
import { eventually } from '../support/eventually';
import { FakeClock } from '../support/fake-clock';
import { usePostgres } from '../support/postgres';
import { startSinkServer, type SinkServer } from '../support/sink-server';
import { type Child, startChild } from './child';
import type { ForwarderCommand, ForwarderOptions, ForwarderView } from './forwarder';

export const ID = 'items:n1/main';

/** A process that forwards, and its place at the endpoint. */
export interface Forwarder {
	readonly name: string;
	readonly child: Child;
	say(command: ForwarderCommand): Promise<unknown>;
	look(): Promise<ForwarderView>;
	kill(): Promise<void>;
}

/**
 * Processes that share the state of one destination on a real PostgreSQL: each has a pipeline of its own, all one clock that is moved, and
 * a third party (a person, say) has the store as well. The endpoint says `mood`; `hold` keeps those of a process without an answer.
 */
export class Forwarders {
	readonly #database: ReturnType<typeof usePostgres>;
	readonly #living: Forwarder[] = [];
	/** For timers of the third party's store. */
	readonly #clock = new FakeClock();
	#options!: ForwarderOptions['store'];
	endpoint!: SinkServer;
	store!: Store;
	mood = 200;
	/** Name of the process whose requests get no answer, or `all`; where there is one, nobody waits for what is with a sink. */
	held: string | undefined;
	/** Numbers of the rows that were taken, in their order. */
	taken: number[] = [];
	#pushed = 0;
	#now = 0;

	constructor(database: ReturnType<typeof usePostgres>) {
		this.#database = database;
	}

	async open(): Promise<void> {
		const { connectionString } = this.#database;
		this.#options = { kind: 'postgres', connectionString, schema: this.#database.newSchema() };
		this.store = await openStore({ ...this.#options, clock: this.#clock });
		this.endpoint = await startSinkServer();
		[this.mood, this.held, this.taken, this.#pushed, this.#now] = [200, undefined, [], 0, 0];
		this.endpoint.answer = ({ url, json }, response) => {
			if (this.held === 'all' || url === `/${this.held}`) return;
			const { mood } = this;
			if (mood < 300) this.taken.push(...numbersOf(json));
			response.writeHead(mood).end();
		};
	}

	async start(name: string, config: Partial<ExportInput> = {}): Promise<Forwarder> {
		const url = `${this.endpoint.url}/${name}`;
		const options: ForwarderOptions = { store: this.#options, url, config };
		const child = startChild('forwarder.ts', [JSON.stringify(options)], {}, 'pipe');
		let answered = 0;
		const next = async (): Promise<unknown> => {
			const nth = answered++;
			const line = await child.waitForNth('done ', nth);
			return JSON.parse(line.slice('done '.length));
		};
		const say = async (command: ForwarderCommand): Promise<unknown> => {
			child.process.stdin?.write(`${JSON.stringify(command)}\n`);
			return next();
		};
		const forwarder: Forwarder = {
			name,
			child,
			say,
			look: async () => (await say({ do: 'look' })) as ForwarderView,
			kill: async () => {
				this.#living.splice(this.#living.indexOf(forwarder), 1);
				child.process.kill('SIGKILL');
				await child.ended;
			},
		};
		this.#living.push(forwarder);
		await next();
		if (this.#now > 0) await say({ do: 'advance', ms: this.#now });
		return forwarder;
	}

	/** New rows, put in by one process. */
	async push(by: Forwarder, count = 1): Promise<void> {
		const numbers = Array.from({ length: count }, () => ++this.#pushed);
		await by.say({ do: 'push', numbers });
		await this.quiet();
	}

	/** Time passes for all of them at once, step by step. */
	async advance(ms: number, stepMs = ms): Promise<void> {
		for (let left = ms; left > 0; left -= stepMs) {
			const step = Math.min(left, stepMs);
			this.#now += step;
			await Promise.all([
				this.#clock.advance(step),
				...this.#living.map((one) => one.say({ do: 'advance', ms: step })),
			]);
			await this.quiet();
		}
	}

	/** Until nothing is under way: no batch is with a sink, and nothing has changed for a moment. */
	async quiet(): Promise<void> {
		let before = '';
		let same = 0;
		await eventually('nothing is under way', async () => {
			const { openBatches, retryingBatches, ...rest } = await this.counters();
			const isBusy = openBatches > retryingBatches && this.held === undefined;
			const now = JSON.stringify([openBatches, retryingBatches, rest, this.requests()]);
			same = now === before && !isBusy ? same + 1 : 0;
			before = now;
			return same >= 3;
		});
	}

	get schema(): string {
		return this.#options.schema ?? '';
	}

	/** Of the rows that were taken. */
	sorted(): number[] {
		return this.taken.toSorted((one, other) => one - other);
	}

	requests(by?: Forwarder): number {
		const { requests } = this.endpoint;
		return by ? requests.filter(({ url }) => url === `/${by.name}`).length : requests.length;
	}

	async counters(): Promise<Counters> {
		const found = (await this.store.counters()).find(({ exportId }) => exportId === ID);
		assert.ok(found);
		return found;
	}

	async close(): Promise<void> {
		for (const one of [...this.#living]) await one.kill();
		await this.endpoint.close();
		await this.store.close();
	}
}

/** Of a batch of whole events, or the body of one. */
function numbersOf(json: unknown): number[] {
	return [json].flat().map((one) => {
		const { n, body } = one as { n?: number; body?: { n: number } };
		const number = n ?? body?.n;
		assert.ok(number, JSON.stringify(json));
		return number;
	});
}
