import {
	PAGE,
	disable as disableBuffer,
	enable as enableBuffer,
	pause as pauseBuffer,
	peek as peekInto,
	purge as purgeBuffer,
	resume as resumeBuffer,
	retryNow as retryBuffer,
	synchronize as synchronizeBuffer,
	type Pipeline,
	type Purged,
} from '../../../core/index';
import { confirmOf, onBuffer } from '../choices';
import type { Operation } from '../run';
import { instant } from '../shown';

const by = (verb: (on: Pipeline, exportId: string) => Promise<object>): Operation =>
	onBuffer(({ pipeline, exportId }) => verb(pipeline, exportId));

export const pause = by(pauseBuffer);
export const resume = by(resumeBuffer);
export const enable = by(enableBuffer);
export const retryNow = by(retryBuffer);
export const synchronize = by(synchronizeBuffer);

export const disable: Operation = onBuffer(({ context, pipeline, exportId, index }) =>
	disableBuffer(pipeline, exportId, { confirm: confirmOf(context, index) }),
);

export const purge: Operation = onBuffer(({ context, pipeline, exportId, index }) =>
	purgeBuffer(pipeline, exportId, {
		what: context.getNodeParameter('what', index, 'waiting') as Purged,
		confirm: confirmOf(context, index),
	}),
);

/** An item for each row. */
export const peek: Operation = onBuffer(async ({ context, pipeline, exportId, index }) => {
	const limit = context.getNodeParameter('limit', index, PAGE.fallback) as number;
	const { rows } = await peekInto(pipeline, exportId, { limit });
	return rows.map((row) => ({ ...row, receivedAt: instant(row.receivedAt) }));
});
