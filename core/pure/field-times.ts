import type { FieldKind } from './field-kind';

const DATE = /^(\d{4})([-/])(\d\d)\2(\d\d)$/;
const DAY_FIRST = /^(\d\d)\/(\d\d)\/(\d{4})$/;

/** The spellings of O27; one that is on no calendar is none. */
export const date: FieldKind = {
	takes: (value) => typeof value === 'string' && isoDate(value) === value,
	convert: (value) => (typeof value === 'string' ? isoDate(value.trim()) : undefined),
	expected: 'a date such as 2025-03-04',
	convertible: 'a date such as 2025-03-04, 2025/03/04 or 04/03/2025 (day first)',
};

function isoDate(text: string): string | undefined {
	const [, year, , month = '', day = ''] = DATE.exec(text) ?? [];
	if (year !== undefined) return onCalendar(year, month, day);
	const [, dayFirst, second = '', last = ''] = DAY_FIRST.exec(text) ?? [];
	return dayFirst === undefined ? undefined : onCalendar(last, second, dayFirst);
}

/** ISO 8601 with `T` or a space; the zone may be left out, which is UTC (O28). */
const INSTANT =
	/^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[Tt ](?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?<fraction>\.\d{1,9})?(?:[Zz]|(?<sign>[+-])(?<zoneHour>\d\d):?(?<zoneMinute>\d\d))?$/;
const COMPACT =
	/^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)[Tt](?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)[Zz]$/;

/** The spellings of O28, stored in UTC; a fraction of a second stays. */
export const datetime: FieldKind = {
	takes: (value) => typeof value === 'string' && INSTANT.test(value) && inUtc(value) !== undefined,
	convert: (value) => (typeof value === 'string' ? inUtc(value.trim()) : undefined),
	expected: 'a date with time such as 2025-03-04T10:11:12+00:00',
	convertible:
		'a date with time such as 2025-03-04T10:11:12+00:00, 20250304T101112Z or 2025-03-04 10:11:12',
};

const SECONDS = 'YYYY-mm-ddTHH:MM:ss';

function inUtc(text: string): string | undefined {
	const parts = (INSTANT.exec(text) ?? COMPACT.exec(text))?.groups;
	if (!parts) return undefined;
	const { year = '', month = '', day = '', hour, minute, second } = parts;
	const { fraction = '', sign, zoneHour = '0', zoneMinute = '0' } = parts;
	if (onCalendar(year, month, day) === undefined) return undefined;
	if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
	if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
	const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1);
	const at = dayOf(year, month, day);
	at.setUTCHours(Number(hour), Number(minute) - offset, Number(second));
	const utc = at.toISOString();
	// A zone can carry it out of the years that have four digits.
	if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return undefined;
	return `${utc.slice(0, SECONDS.length)}${fraction}+00:00`;
}

function onCalendar(year: string, month: string, day: string): string | undefined {
	const at = dayOf(year, month, day);
	const isThere =
		Number(year) > 0 && at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
	return isThere ? `${year}-${month}-${day}` : undefined;
}

/** Date.UTC would take the years before 100 for those of another century. */
function dayOf(year: string, month: string, day: string): Date {
	const at = new Date(0);
	at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
	return at;
}
