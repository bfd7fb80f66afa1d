import assert from 'node:assert/strict';
import { ALERTS_RECEIVER } from '../../../core/alerts/alert';
import { parseExportConfig, type ExportInput } from '../../../core/pipeline/parse-export';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import { KEEP } from '../../../core/pure/bounds';
import { anExportInput, OPEN } from '../../support/pipeline-fixtures';

const keepOf = (keep: unknown, more: Partial<ExportInput> = {}) =>
	parseExportConfig(
		anExportInput({ ...more, ...(keep === undefined ? {} : { keep: keep as object }) }),
	).keep;

describe('what an export keeps of what it has delivered', () => {
	it('is nothing unless it is said, and what is not said of it by default', () => {
		assert.equal(keepOf(undefined), undefined);
		const { ageMs, bytes } = KEEP;
		assert.deepEqual(keepOf({}), { ageMs: ageMs.fallback, bytes: bytes.fallback });
		assert.deepEqual(keepOf({ ageMs: ageMs.min }), { ageMs: ageMs.min, bytes: bytes.fallback });
		assert.deepEqual(keepOf({ bytes: bytes.max }), { ageMs: ageMs.fallback, bytes: bytes.max });
	});

	for (const [keep, path] of [
		[{ ageMs: KEEP.ageMs.min - 1 }, 'keep.ageMs'],
		[{ ageMs: KEEP.ageMs.max + 1 }, 'keep.ageMs'],
		[{ ageMs: '7d' }, 'keep.ageMs'],
		[{ bytes: KEEP.bytes.min - 1 }, 'keep.bytes'],
		[{ bytes: KEEP.bytes.max + 1 }, 'keep.bytes'],
		[{ bytes: Number.NaN }, 'keep.bytes'],
		[7, 'keep'],
		[null, 'keep'],
	] as const) {
		it(`cannot be ${JSON.stringify(keep)}`, () => {
			const message = new RegExp(`^${path}: `);
			assert.throws(() => keepOf(keep), { code: 'ERR_CONFIG_INVALID', message });
		});
	}

	it('is nothing of alerts, and nobody else may be called as it is', () => {
		const wrong = { code: 'ERR_CONFIG_INVALID' };
		assert.throws(() => keepOf({}, { receiverId: ALERTS_RECEIVER }), wrong);
		assert.throws(() => keepOf(undefined, { receiverId: 'kept:r1' }), {
			...wrong,
			message: /^receiverId: /,
		});
		assert.throws(() => parseReceiverConfig({ id: 'kept:r1', auth: OPEN }), {
			...wrong,
			message: /^id: /,
		});
	});
});
