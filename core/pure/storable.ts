/** Whether every store keeps a text: PostgreSQL has no NUL in one, and UTF-8 no half of a surrogate pair. */
export function isStorable(text: string): boolean {
	return !/\p{Cc}/u.test(text) && text.isWellFormed();
}

export const STORABLE = 'without control characters and halves of surrogate pairs';
