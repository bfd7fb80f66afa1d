/** What the body of an answer to a push can be. Pure, since a browser loads it too. */
export const ANSWER_BODIES = ['ours', 'empty', 'text', 'json'] as const;

export type AnswerBody = (typeof ANSWER_BODIES)[number];

/** What the body of a refusal can be: `{"error": <code>, "message": <text>}`, or `{"status": "error", "error": <text>}` (O12). */
export const REFUSAL_BODIES = ['ours', 'status'] as const;

export type RefusalBody = (typeof REFUSAL_BODIES)[number];

/** Statuses whose answers have no body (RFC 9110, 15.3.5 and 15.3.6). */
export const BODILESS: readonly number[] = [204, 205];
