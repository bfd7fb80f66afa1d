import * as z from 'zod/v4';
import type { ErrorForm } from '../refusal';

/** What clients know (D80); 405 is told beside them (D79). Whatever else a request is refused for is a mistake in it. */
const KNOWN: readonly number[] = [400, 401, 403, 404, 405, 409, 429, 500, 503, 504];

/** Where people read what an answer means; the code of the error is behind the `#`, as the vendor has its status there. */
const HELP = 'https://github.com/sluice-nodes/n8n-nodes-sluice/blob/main/docs/errors.md';

/** `{"error": "…", "code": 404, "help": "https://…"}` of every error, with its status as a number (D79). */
export const disruptiveErrors: ErrorForm = {
	schema: z.strictObject({ error: z.string(), code: z.int(), help: z.string() }),
	write({ status: given, code, message }) {
		const status = KNOWN.includes(given) ? given : given < 500 ? 400 : 500;
		return { status, json: { error: message, code: status, help: `${HELP}#${code}` } };
	},
};
