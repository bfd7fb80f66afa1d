/** What a text says of an instant; what it leaves out is that of 1970-01-01T00:00:00Z. */
export interface TimeFields {
	year: number;
	/** 1 … 12 */
	month: number;
	day: number;
	hour: number;
	minute: number;
	/** 60 is the leap second, which is the first of the next minute here. */
	second: number;
	milliseconds: number;
	/** East of UTC. */
	offsetMinutes: number;
}

export function epochFields(): TimeFields {
	return {
		year: 1970,
		month: 1,
		day: 1,
		hour: 0,
		minute: 0,
		second: 0,
		milliseconds: 0,
		offsetMinutes: 0,
	};
}

/** Years 0000 … 9999, which is what four digits of a format can write. */
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

export function isInstant(ms: number): boolean {
	return ms >= FIRST_MS && ms <= LAST_MS;
}

/** Milliseconds since the Unix epoch; undefined for what no calendar has, such as 30 February. */
export function toInstant(fields: TimeFields): number | undefined {
	const { year, month, day, hour, minute, second, milliseconds, offsetMinutes } = fields;
	if (hour > 23 || minute > 59 || second > 60) return undefined;
	// Date.UTC takes the years 0 to 99 for those of the 20th century.
	const at = new Date(0);
	at.setUTCFullYear(year, month - 1, day);
	if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
	at.setUTCHours(hour, minute - offsetMinutes, second, milliseconds);
	const ms = at.getTime();
	return isInstant(ms) ? ms : undefined;
}

/** `Z`, `UTC`, `GMT`, `+02`, `+0200`, `+02:00`: minutes east of UTC; undefined for anything else, and beyond ±18 hours. */
export function parseOffset(text: string): number | undefined {
	if (/^(?:z|utc|gmt)$/i.test(text)) return 0;
	const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
	if (!match) return undefined;
	const minutes = Number(match[3] ?? 0);
	const total = Number(match[2]) * 60 + minutes;
	if (minutes > 59 || total > 18 * 60) return undefined;
	return match[1] === '-' ? -total : total;
}

/** `+0200`, with a colon `+02:00`. */
export function formatOffset(offsetMinutes: number, colon = ''): string {
	const size = Math.abs(offsetMinutes);
	const two = (value: number): string => String(value).padStart(2, '0');
	return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`;
}

/** Digits behind the point of a second: as many as there are, cut to milliseconds. */
export function toMilliseconds(digits: string | undefined): number {
	return Number((digits ?? '').slice(0, 3).padEnd(3, '0'));
}
