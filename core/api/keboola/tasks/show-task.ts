import type * as z from 'zod/v4';
import { showInstant } from '../../../pure/show-instant';
import type { shownTask } from '../schemas';
import type { Task } from './task';

const RESULTS: Readonly<Record<Task['type'], string>> = {
	'receiver.create': 'receiver created',
	'export.create': 'export created',
	'export.update': 'export updated',
};

/** K41, K42. */
export function showTask(
	{ id, type, status, createdAt, finishedAt, error, receiverId, exportId }: Task,
	baseUrl: string,
): z.input<typeof shownTask> {
	return {
		id,
		type,
		url: `${baseUrl}/v1/tasks/${id.split('/').map(encodeURIComponent).join('/')}`,
		status,
		isFinished: status !== 'processing',
		createdAt: showInstant(createdAt),
		...(finishedAt === undefined
			? {}
			: {
					finishedAt: showInstant(finishedAt),
					duration: Math.max(0, Math.trunc(finishedAt - createdAt)),
				}),
		...(status === 'success' ? { result: RESULTS[type] } : {}),
		...(error === undefined ? {} : { error }),
		outputs: { receiverId, ...(exportId === undefined ? {} : { exportId }) },
	};
}
