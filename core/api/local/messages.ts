/**
 * What is spoken over the local socket: a line of JSON asks, a line of JSON answers, in turn.
 *
 *     {"v":1,"operation":"addAccount","path":{},"query":{},"body":{…}}
 *     {"v":1,"status":201,"json":{…}}
 *
 * Operations are those of our own API (`sluice/`), by the names of their routes; answers are what the API would answer. Whatever gets a
 * route is so reached from here without another protocol. A line has at most 1 MiB, an answer 16 MiB.
 */
import * as z from 'zod/v4';

export const LOCAL_VERSION = 1;

export const LOCAL_BOUNDS = {
	requestBytes: 1_048_576,
	answerBytes: 16 * 1_048_576,
	connections: 8,
	/** Without a byte, and for a whole answer. */
	idleMs: 30_000,
} as const;

const values = z.record(z.string().max(100), z.string().max(500));

export const localRequest = z.strictObject({
	v: z.literal(LOCAL_VERSION),
	operation: z.string().max(100),
	path: values.optional(),
	query: values.optional(),
	body: z.unknown().optional(),
});

export const localAnswer = z.object({
	v: z.literal(LOCAL_VERSION),
	status: z.int(),
	json: z.unknown().optional(),
});

export type LocalRequest = z.input<typeof localRequest>;
export type LocalAnswer = z.output<typeof localAnswer>;
