import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import type { Logger } from '../../../core/runtime/logger';
import { FakeClock, settled } from '../../support/fake-clock';
import { aPush, anExportInput, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';

/** A store whose settlements, or claims, never end once it is told so: a database that answers no more. */
function silentStore(store: Store): Store & { silence(method: 'settle' | 'claim'): void } {
	const silent = new Set<string>();
	return new Proxy(store, {
		get(target, name) {
			if (name === 'silence') return (method: string) => silent.add(method);
			if (silent.has(String(name))) return () => new Promise(() => {});
			const value: unknown = Reflect.get(target, name);
			return typeof value === 'function' ? value.bind(target) : value;
		},
	}) as never;
}

describe('detach from a store that answers no more', () => {
	let clock: FakeClock;
	let store: ReturnType<typeof silentStore>;
	let pipeline: Pipeline;
	let sink: RecordingSink;
	let warnings: string[];

	beforeEach(async () => {
		clock = new FakeClock();
		warnings = [];
		sink = new RecordingSink();
		store = silentStore(await openStore({ kind: 'memory', clock }));
		const quiet = (): void => {};
		const warn = (line: string): void => void warnings.push(line);
		const logger: Logger = { debug: quiet, info: quiet, warn, error: quiet };
		pipeline = await openPipeline({ store, clock, logger });
	});
	afterEach(() => store.close());

	const attach = () =>
		pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[
				{
					config: anExportInput({ conditions: { count: 1, time: '10s', size: '1MB' } }),
					ports: { sink },
				},
			],
			HOLDER,
		);
	/** After how many seconds it has ended; undefined: not within a minute. */
	const secondsUntil = async (ended: Promise<void>): Promise<number | undefined> => {
		let done = false;
		void ended.then(() => (done = true));
		for (let seconds = 0; seconds <= 60; seconds++) {
			await settled();
			if (done) return seconds;
			await clock.advance(1_000);
		}
		return undefined;
	};

	it('ends after 8 s where a delivery cannot be settled, and says that its batch comes later', async () => {
		const attachment = attach();
		await attachment.ready;
		sink.next = (_batch, { signal }) =>
			new Promise((resolve) => {
				signal.addEventListener('abort', () => resolve({ kind: 'release' }));
			});
		assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		await settled();
		store.silence('settle');
		assert.equal(await secondsUntil(attachment.detach()), 8);
		assert.match(warnings.join('\n'), /r1.main.* 8 s.*lease/);
	});

	it('ends after 8 s where a claim is not answered', async () => {
		const attachment = attach();
		await attachment.ready;
		await settled();
		store.silence('claim');
		assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		assert.equal(await secondsUntil(attachment.detach()), 8);
	});

	it('takes 8 s for a sink that does not stop and a store that does not answer, together', async () => {
		const attachment = attach();
		await attachment.ready;
		sink.next = () => new Promise(() => {});
		assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		await settled();
		store.silence('settle');
		assert.equal(await secondsUntil(attachment.detach()), 8);
	});

	it('ends at once, and warns of nothing, where nothing is under way', async () => {
		const attachment = attach();
		await attachment.ready;
		assert.equal(await secondsUntil(attachment.detach()), 0);
		await clock.advance(60_000);
		assert.deepEqual(warnings, []);
	});
});
