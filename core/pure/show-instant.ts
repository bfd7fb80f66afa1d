/** The last instant that a Date can show, milliseconds since the Unix epoch. */
const MAX_DATE_MS = 8.64e15;

export function isInstant(at: number): boolean {
	return Math.abs(at) <= MAX_DATE_MS;
}

/** ISO 8601; the number itself where damage made it one that no date can be. */
export function showInstant(at: number): string {
	return isInstant(at) ? new Date(at).toISOString() : String(at);
}
