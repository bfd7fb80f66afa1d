import * as z from 'zod/v4';
import { placeOf } from '../input-error';
import type { ErrorForm } from '../refusal';

const MAX_ISSUES = 100;

/** `{"error": <code>, "message": …, "issues"?: [{"at", "problem", "expected"}]}`: as receivers answer, and where an input is wrong, where. */
export const sluiceErrors: ErrorForm = {
	schema: z.object({
		error: z.string(),
		message: z.string(),
		issues: z
			.array(z.object({ at: z.string(), problem: z.string(), expected: z.string() }))
			.optional(),
	}),
	write({ status, code, message, issues }) {
		const told = issues.slice(0, MAX_ISSUES).map((issue) => ({
			at: placeOf(issue),
			problem: issue.problem,
			expected: issue.expected,
		}));
		return { status, json: { error: code, message, ...(told.length > 0 ? { issues: told } : {}) } };
	},
};
