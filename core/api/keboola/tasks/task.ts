/** What is done behind an answer, as a document: a process that ends in the middle of it goes on with it at the next start. */
import * as z from 'zod/v4';
import { changedExport, newExport, newReceiver } from '../schemas';

export const TASKS = 'api.keboola.tasks';
export const TASK_FORMAT = 1;

const shared = { receiverId: z.string(), project: z.string() };

/** What is to be done. It holds no secret: that of a receiver is made with it. */
export const work = z.discriminatedUnion('type', [
	z.object({ ...shared, type: z.literal('receiver.create'), wanted: newReceiver }),
	z.object({
		...shared,
		type: z.literal('export.create'),
		exportId: z.string(),
		wanted: newExport,
	}),
	z.object({
		...shared,
		type: z.literal('export.update'),
		exportId: z.string(),
		wanted: changedExport,
		/** Of the definition that whoever asked has seen. */
		revision: z.int(),
	}),
]);

export type Work = z.output<typeof work>;

export const task = z.object({
	format: z.literal(TASK_FORMAT),
	/** `{receiver}[/{export}]/{type}/{createdAt}_{5 random characters}` (K42). */
	id: z.string(),
	project: z.string(),
	type: z.enum(['receiver.create', 'export.create', 'export.update']),
	receiverId: z.string(),
	exportId: z.string().optional(),
	status: z.enum(['processing', 'success', 'error']),
	/** Milliseconds since the Unix epoch. */
	createdAt: z.number(),
	finishedAt: z.number().optional(),
	error: z.string().optional(),
	/** As long as it is not done. */
	work: work.optional(),
});

export type Task = z.output<typeof task>;

const HOUR_MS = 3_600_000;

/** Until when its record stays (K44). */
export function endsAt({ status, createdAt, finishedAt = createdAt }: Task): number {
	return status === 'success' ? finishedAt + HOUR_MS : finishedAt + 48 * HOUR_MS;
}

/** What can be done once at a time (K43). */
export function lockOf({ project, receiverId, type, ...rest }: Work): string {
	const exportId = 'exportId' in rest ? `/${rest.exportId}` : '';
	return `${project}/${receiverId}${exportId}/${type}`;
}
