/** RFC 3339, with any number of digits of a second. */
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * Milliseconds since the Unix epoch, with their fraction: two events of one millisecond have an order. Numbers are milliseconds already.
 *
 * @returns undefined for what is no instant
 */
export function instantOf(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	const [, seconds = '', fraction = '', zone = ''] =
		typeof value === 'string' ? (INSTANT.exec(value) ?? []) : [];
	const at = Date.parse(`${seconds}${zone.toUpperCase()}`) + Number(`0${fraction}`) * 1_000;
	return Number.isNaN(at) ? undefined : at;
}
