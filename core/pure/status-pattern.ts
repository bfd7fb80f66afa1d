import { textList } from './text-list';

/** Status of an answer that was not taken, or all of a class. */
export type StatusPattern = number | '3xx' | '4xx' | '5xx';

export const STATUS_CLASSES = ['3xx', '4xx', '5xx'] as const;

export const STATUS_PATTERN = 'a status from 300 to 599, 3xx, 4xx or 5xx';

export const MAX_STATUS_PATTERNS = 100;

export function isStatusPattern(value: unknown): value is StatusPattern {
	if (STATUS_CLASSES.some((one) => one === value)) return true;
	return Number.isInteger(value) && Number(value) >= 300 && Number(value) <= 599;
}

/** As people write them, `404, 5xx`; what is none stays as it was written, for messages. */
export function readStatusPatterns(text: string): (StatusPattern | string)[] {
	return textList(text).map((one) => (/^\d{3}$/.test(one) ? Number(one) : one.toLowerCase()));
}
