import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeIdlePipelines, holdPipeline } from '../../../core/pipeline/hold-pipeline';
import type { StoreOptions } from '../../../core/index';
import { startAlert, type AlertNodeConfig } from '../../../node-red/sluice-alert/controller';
import { eventually } from '../../support/eventually';
import { FakeClock } from '../../support/fake-clock';

interface Sent {
	readonly topic: string;
	readonly payload: Readonly<Record<string, unknown>>;
	readonly sluice?: object;
}

/** As far as the node looks at it. */
class FakeNode extends EventEmitter {
	readonly id: string;
	readonly wires = [['next']];
	readonly sent: Sent[] = [];
	readonly texts: string[] = [];
	name = '';
	constructor(id: string) {
		super();
		this.id = id;
	}
	send(message: Sent): void {
		this.sent.push(message);
	}
	status({ text = '' }: { text?: string }): void {
		this.texts.push(text);
	}
	log(): void {}
	warn(): void {}
	error(): void {}
	debug(): void {}
	close(): Promise<void> {
		return new Promise((resolve) => this.emit('close', false, () => resolve()));
	}
}

describe('sluice-alert: what is wrong with the store itself', () => {
	let directory: string;
	let store: StoreOptions;
	let clock: FakeClock;
	let release: () => void;
	beforeEach(async () => {
		directory = await mkdtemp(path.join(tmpdir(), 'sluice-alert-'));
		const { bavail, bsize } = await statfs(directory);
		// Nearly all that is free has to stay so.
		const limits = { minFreeBytes: Math.floor((bavail * bsize) / 1.2) };
		store = { kind: 'sqlite', directory: path.join(directory, 'store'), limits };
		clock = new FakeClock();
		({ release } = await holdPipeline({ store, clock }));
	});
	afterEach(async () => {
		release();
		await closeIdlePipelines();
		await rm(directory, { recursive: true, force: true });
	});

	/** Resolves when it is attached. */
	const start = async (config: Partial<AlertNodeConfig>, id = 'alerts'): Promise<FakeNode> => {
		const node = new FakeNode(id);
		const log = { debug() {}, info() {}, warn() {}, error() {} };
		const RED = {
			settings: { userDir: directory },
			_: (key: string) => key,
			log,
			events: new EventEmitter(),
			nodes: {
				getNode: (id: string) =>
					id === 'store'
						? Object.assign(new FakeNode('store'), { storeOptions: () => store })
						: null,
				eachNode() {},
			},
		};
		startAlert(RED as never, node as never, { what: 'alerts', store: 'store', ...config } as never);
		await eventually('it is attached', () => node.texts.length > 0);
		return node;
	};

	it('is sent as it happens, once, by its kind alone', async () => {
		const all = await start({});
		const others = await start({ kinds: ['failing'] }, 'others');
		await eventually('it', async () => {
			await clock.advance(60_000);
			return all.sent.length > 0;
		});
		const [{ topic, payload, sluice } = { topic: '', payload: {} }, ...more] = all.sent;
		assert.deepEqual(more, []);
		assert.deepEqual([topic, payload['kind'], sluice], ['storeNearlyFull', topic, undefined]);
		assert.match(String(payload['message']), /MB are free/);
		assert.deepEqual(others.sent, []);
		await Promise.all([all.close(), others.close()]);

		// It holds still: who comes now is told, who comes again was.
		const [again, later] = [await start({}), await start({}, 'later')];
		await eventually('it is told to the later one', () => later.sent.length > 0);
		assert.deepEqual(later.sent, [{ topic, payload }]);
		assert.deepEqual(again.sent, []);
		await Promise.all([again.close(), later.close()]);
	});
});
