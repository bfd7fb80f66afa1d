/**
 * What a batch is in a flow, in the order to show them: its rows as they are, or all of them in one text or file of a format. Pure,
 * since a browser loads it too.
 */
export const BATCH_FORMS = ['rows', 'text', 'file'] as const;

export type BatchForm = (typeof BATCH_FORMS)[number];
