import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLimits, keepFree } from '../../../../core/buffer/stores/sqlite/check-options';
import { KEEP_FREE_MB } from '../../../../core/pure/bounds';
import { defaultBallastBytes } from '../../../../core/buffer/stores/sqlite/free-space';
import { Housekeeper } from '../../../../core/buffer/stores/sqlite/housekeeper';
import { closeIdlePipelines, holdPipeline } from '../../../../core/pipeline/hold-pipeline';
import { aPush, anExportInput, HOLDER, OPEN } from '../../../support/pipeline-fixtures';

const MB = 1024 ** 2;

describe('the space that a sqlite store keeps free (S42)', () => {
	let directory = '';
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-free-'));
	});
	afterEach(() => {
		rmSync(directory, { recursive: true });
	});

	for (const given of [undefined, null, '']) {
		it(`is left to the store where a dialog says ${JSON.stringify(given)}`, () => {
			assert.deepEqual(keepFree(given), {});
		});
	}
	for (const [given, megabytes] of [
		['0', 0],
		[0, 0],
		[' 64 ', 64],
		[KEEP_FREE_MB.max, KEEP_FREE_MB.max],
		[String(KEEP_FREE_MB.max), KEEP_FREE_MB.max],
	] as const) {
		it(`is ${megabytes} MB where a dialog says ${JSON.stringify(given)}`, () => {
			const { limits } = keepFree(given);
			assert.equal(limits?.minFreeBytes, megabytes * MB);
			assert.equal(checkLimits(limits).minFreeBytes, megabytes * MB);
		});
	}
	const wrong = [
		-1,
		'-1',
		1.5,
		'1.5',
		'5 %',
		'64MB',
		'1e3',
		KEEP_FREE_MB.max + 1,
		Number.NaN,
		true,
		{},
	];
	for (const given of wrong) {
		it(`cannot be ${String(given)}`, () => {
			assert.throws(() => keepFree(given), {
				code: 'ERR_CONFIG_INVALID',
				message: /^keepFreeMb: expected empty, or a whole number from 0 to 1048576 \(MB\)/,
			});
		});
	}

	it('is a quarter of a small partition at most, and its ballast a sixteenth', () => {
		for (const partitionMb of [64, 128, 256]) {
			const totalBytes = partitionMb * MB;
			let freeBytes = totalBytes;
			const measure = () => ({ freeBytes, totalBytes });
			const keeper = new Housekeeper({ directory, limits: checkLimits() }, () => {}, measure);
			keeper.measure();
			keeper.check();
			freeBytes = totalBytes / 4 - 1;
			keeper.measure();
			assert.throws(() => keeper.check(), {
				code: 'ERR_BUFFER_FULL',
				message: new RegExp(
					`at least ${partitionMb / 4} MB must stay free: make room.*limits\\.minFreeBytes`,
				),
			});
			assert.equal(defaultBallastBytes(totalBytes), totalBytes / 16);
		}
		assert.equal(defaultBallastBytes(8 * 1024 * MB), 32 * MB);
	});

	it('counts from the next deploy on, also while the store of the former one lingers', async () => {
		const push = async (limits: { minFreeBytes: number }) => {
			const hold = await holdPipeline({ store: { kind: 'sqlite', directory, limits } });
			const { pipeline } = hold;
			const exports = [{ config: anExportInput() }];
			const attachment = pipeline.attachReceiver({ id: 'r1', auth: OPEN }, exports, HOLDER);
			await attachment.ready;
			const { status } = await pipeline.accept('r1', aPush());
			const store = await pipeline.store.stats();
			await attachment.detach();
			hold.release();
			return { status, warnings: store.warnings };
		};
		const refused = await push({ minFreeBytes: KEEP_FREE_MB.max * MB });
		assert.equal(refused.status, 503);
		assert.match(refused.warnings.at(-1) ?? '', /must stay free/);
		assert.deepEqual(await push({ minFreeBytes: 0 }), { status: 200, warnings: [] });
		await closeIdlePipelines();
	});
});
