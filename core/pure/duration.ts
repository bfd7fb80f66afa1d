const UNIT_MS: Readonly<Record<string, number>> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	μs: 1e-3,
	ms: 1,
	s: 1_000,
	m: 60_000,
	h: 3_600_000,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Reads a Go duration such as `30s`, `1h30m` or `1.5m`; there is no day and no week (K56). Fractions of a millisecond are
 * dropped.
 *
 * @returns milliseconds, or undefined when the text is no duration
 */
export function parseDuration(text: string): number | undefined {
	const trimmed = text.trim();
	if (trimmed === '0') return 0;
	let ms = 0;
	PART.lastIndex = 0;
	let end = 0;
	while (end < trimmed.length) {
		const match = PART.exec(trimmed);
		if (!match) return undefined;
		const [, digits = '', unit = ''] = match;
		ms += Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
		end = PART.lastIndex;
	}
	if (trimmed === '' || !Number.isFinite(ms)) return undefined;
	// The rounding takes back what 0.1-like fractions add; the truncation is Go's.
	return Math.trunc(Number(ms.toFixed(6)));
}

/** As Go prints it: 60000 → `1m0s`, 86400000 → `24h0m0s`, 1500 → `1.5s`, 20 → `20ms` (K56). */
export function formatDuration(ms: number): string {
	if (ms < 0) return `-${formatDuration(-ms)}`;
	if (ms === 0) return '0s';
	if (ms < 1_000) return `${ms}ms`;
	const hours = Math.floor(ms / 3_600_000);
	const minutes = Math.floor(ms / 60_000) % 60;
	const seconds = `${(ms % 60_000) / 1_000}s`;
	if (hours > 0) return `${hours}h${minutes}m${seconds}`;
	return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** As people write it: 3600000 → `1h`, 90000 → `1m30s`. */
export function shortDuration(ms: number): string {
	return formatDuration(ms).replace(/m0s$/, 'm').replace(/h0m$/, 'h');
}
