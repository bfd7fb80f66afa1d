import assert from 'node:assert/strict';
import { BufferError, CoreError, ReceiveError } from '../../../core/errors';
import type { PipelineNotice } from '../../../core/pipeline/pipeline';
import { followPipeline } from '../../../node-red/runtime/pipeline-status';

describe('the status of a receiver node', () => {
	const shownFor = (error: CoreError): [fill: string, text: string] => {
		let shown: [string, string] = ['', ''];
		let hear: (notice: PipelineNotice) => void = () => {};
		const line = followPipeline(
			{ show: (fill: string, _shape: string, text: string) => (shown = [fill, text]) } as never,
			{ owns: () => true, note: () => '', warning: () => undefined },
		);
		line.follow({
			subscribe: (listener: typeof hear) => {
				hear = listener;
				return () => {};
			},
			status: async () => ({ exports: [] }),
		} as never);
		hear({ kind: 'refused', receiverId: 'r', error });
		line.close();
		return shown;
	};

	it('is yellow where the sender was wrong, red where the event found no room or no store (S42)', () => {
		const wrong = new ReceiveError('ERR_SIGNATURE_MISMATCH', 'wrong');
		assert.deepEqual(shownFor(wrong), ['yellow', 'refused: ERR_SIGNATURE_MISMATCH']);
		for (const code of ['ERR_BUFFER_FULL', 'ERR_QUOTA', 'ERR_STORE_UNAVAILABLE'] as const) {
			assert.deepEqual(shownFor(new BufferError(code, 'no')), ['red', `refused: ${code}`]);
		}
	});
});
