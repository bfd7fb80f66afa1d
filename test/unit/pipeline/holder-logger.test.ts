import assert from 'node:assert/strict';
import type { Logger } from '../../../core/runtime/logger';
import { silentLogger } from '../../../core/runtime/logger';
import { holderLogger, named } from '../../../core/pipeline/holder-logger';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { openStore } from '../../../core/buffer/open-store';
import { eventually } from '../../support/eventually';
import { anExportInput, aPush } from '../../support/pipeline-fixtures';

function aLog() {
	const lines: string[] = [];
	const tell = (message: string): void => void lines.push(message);
	const logger: Logger = { ...silentLogger, info: tell, warn: tell, error: tell };
	return { lines, logger };
}

describe('the log of whoever holds a receiver', () => {
	it('hears what concerns it, with its name beside the id, and no other does', async () => {
		const [shop, plant, rest] = [aLog(), aLog(), aLog()];
		const store = await openStore({ kind: 'memory', name: 'holder-logger' });
		const pipeline = await openPipeline({ store, logger: rest.logger });
		const auth = [{ kind: 'url-secret', secrets: ['x'.repeat(16)] }] as const;
		const failing = { deliver: async () => Promise.reject(new Error('no endpoint')) };
		await pipeline.attachReceiver(
			{ id: 'r1', auth },
			[{ config: anExportInput({ label: 'orders' }), ports: { sink: failing } }],
			{ key: 'a', label: 'shop', logger: shop.logger },
		).ready;
		await pipeline.attachReceiver(
			{ id: 'r2', auth },
			[{ config: { ...anExportInput(), receiverId: 'r2' } }],
			{ key: 'b', label: 'plant', logger: plant.logger },
		).ready;
		await pipeline.accept('r1', aPush({ path: '/in/wrong' }));
		await pipeline.accept('r2', aPush({ path: '/' }));
		await pipeline.accept('r3', aPush());
		assert.deepEqual(shop.lines, [
			'receiver "shop" (r1) refused a request: ERR_URL_SECRET_MISMATCH',
		]);
		assert.deepEqual(plant.lines, [
			'receiver "plant" (r2) refused a request: ERR_SIGNATURE_MISSING',
		]);
		assert.deepEqual(rest.lines, ['receiver r3 refused a request: ERR_RECEIVER_UNKNOWN']);
		await pipeline.accept('r1', aPush({ path: `/in/${'x'.repeat(16)}` }));
		await pipeline.flush('r1/main');
		await eventually('the delivery that fails', () => shop.lines.length > 1);
		assert.match(
			shop.lines[1]!,
			/^delivery of 1 rows of "orders" \(r1\/main\), attempt 1 \(flush\): retry/,
		);
		assert.equal(plant.lines.length + rest.lines.length, 2);
		await pipeline.close();
		await store.close();
	});

	it('is the log of the pipeline where the holder has none', () => {
		const { lines, logger } = aLog();
		const routed = holderLogger(logger, () => ({ key: 'k', label: 'l' }));
		routed.warn('a', { exportId: 'x' });
		routed.error('b');
		assert.deepEqual(lines, ['a', 'b']);
	});

	it('names an id once where both are the same', () => {
		assert.equal(named('a', 'a'), 'a');
		assert.equal(named('', 'a'), 'a');
		assert.equal(named(undefined, 'a'), 'a');
		assert.equal(named('b', 'a'), '"b" (a)');
	});
});
