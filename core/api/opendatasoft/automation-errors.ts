import * as z from 'zod/v4';
import type { ErrorForm } from '../refusal';

/** By status; of 400 and 5xx the codes that were seen (O47), the others are ours. */
const CODES: Readonly<Record<number, string>> = {
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not_found',
	405: 'method_not_allowed',
	409: 'conflict',
	429: 'too_many_requests',
};

/** `{"error_code": "not_found", "message": "…", "detail": {"code": "ERR_…"}}`, with our own code as the detail. */
export const automationErrors: ErrorForm = {
	schema: z.object({
		error_code: z.string(),
		message: z.string(),
		detail: z.object({ code: z.string() }),
	}),
	write({ status, code, message }) {
		return { status, json: { error_code: codeOf(status, code), message, detail: { code } } };
	},
};

function codeOf(status: number, code: string): string {
	if (code === 'ERR_INPUT_INVALID') return 'validation_error';
	return CODES[status] ?? (status < 500 ? 'bad_request' : 'internal_error');
}
