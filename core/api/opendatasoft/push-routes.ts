/**
 * The push API (O5 to O23). A dataset is a receiver, which reads, authenticates and stores; here is found which one it is. Deletions go the
 * way of pushes, so that they keep their order: 200 says that they are on disk.
 */
import * as z from 'zod/v4';
import { ReceiveError, type CoreError, type ErrorCode } from '../../errors';
import type { PushedRequest } from '../../receiver/request';
import type { ApiCore } from '../api-core';
import { reply, route } from '../route';

const define = route<ApiCore>();
const RESOURCE = '/api/push/1.0/{dataset}/{resource}';

/** What a receiver may say to a push that it was handed; one for each status. */
const REFUSED: readonly ErrorCode[] = [
	'ERR_BODY_UNREADABLE',
	'ERR_SIGNATURE_MISMATCH',
	'ERR_DATASET_CLOSED',
	'ERR_RECEIVER_UNKNOWN',
	'ERR_METHOD',
	'ERR_BODY_TOO_LARGE',
	'ERR_CONTENT_ENCODING',
	'ERR_RATE_LIMITED',
];

const shared = {
	scope: 'open',
	output: {
		200: { description: 'It is on disk (O10).', json: z.object({ status: z.literal('OK') }) },
	},
	errors: REFUSED,
} as const;

export const pushRoutes = [
	define({
		...shared,
		method: 'POST',
		pattern: `${RESOURCE}/push`,
		operation: 'pushRecords',
		summary: 'Adds a record, or those of an array.',
		input: { isPush: true },
		handle: async ({ core, path, request }) => handOn(core, path, request),
	}),

	define({
		...shared,
		method: 'POST',
		pattern: `${RESOURCE}/delete`,
		operation: 'deleteRecords',
		summary: 'Deletes the records that the same push would have added.',
		input: { isPush: true },
		handle: async ({ core, path, request }) => handOn(core, path, { ...request, deletes: {} }),
	}),

	define({
		...shared,
		method: 'GET',
		pattern: `${RESOURCE}/{record}/delete`,
		operation: 'deleteRecord',
		summary: 'Deletes the record with an id.',
		input: {
			isPush: true,
			path: z.object({
				dataset: z.string(),
				resource: z.string(),
				record: z.string().regex(/^[0-9a-f]{40}$/, 'expected an id of 40 hex characters'),
			}),
		},
		handle: async ({ core, path, request }) =>
			handOn(core, path, { ...request, deletes: { recordId: path.record } }),
	}),
];

/** @throws ReceiveError ERR_RECEIVER_UNKNOWN; what the receiver refuses it for */
async function handOn(
	{ pipeline }: Pick<ApiCore, 'pipeline'>,
	{ dataset, resource }: { readonly dataset: string; readonly resource: string },
	request: PushedRequest,
) {
	const receiverId = pipeline.findDataset(dataset, resource);
	if (receiverId === undefined)
		throw new ReceiveError('ERR_RECEIVER_UNKNOWN', 'there is no such dataset or resource');
	let refused: unknown;
	const onRefused = (error: unknown): void => void (refused = error);
	await pipeline.accept(receiverId, request, { onRefused });
	if (refused !== undefined) throw refused as CoreError;
	return reply(200, { status: 'OK' as const });
}
