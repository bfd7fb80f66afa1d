import { ConfigError } from '../../errors';

/**
 * A time of kept events as verbs are told it: `from`, and before `until`, which is now at the latest.
 *
 * @throws ConfigError for what is no instant, and where the one is not before the other
 */
export function timeOf(
	o: { readonly from?: unknown; readonly until?: unknown },
	now: number,
): { readonly from?: number; readonly to: number } {
	const from = instantOf(o.from, 'from');
	// What came in this millisecond is there, too.
	const end = now + 1;
	const to = Math.min(instantOf(o.until, 'until') ?? end, end);
	if (from !== undefined && from >= to)
		throw new ConfigError('from', 'an instant before "until" and before now', o.from);
	return { ...(from === undefined ? {} : { from }), to };
}

function instantOf(value: unknown, path: string): number | undefined {
	if (value === undefined) return undefined;
	if (Number.isSafeInteger(value)) return Number(value);
	throw new ConfigError(path, 'an instant in milliseconds since the Unix epoch', value);
}
