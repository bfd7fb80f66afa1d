import * as z from 'zod/v4';
import type { ErrorForm } from '../refusal';

/** `{"status": "error", "error": <text>}` (O12): public clients read the key `error` of an answer (O13). */
export const pushErrors: ErrorForm = {
	schema: z.object({ status: z.literal('error'), error: z.string() }),
	write: ({ status, message }) => ({ status, json: { status: 'error', error: message } }),
};
