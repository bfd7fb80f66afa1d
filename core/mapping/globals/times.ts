/**
 * `ParseTime(value, format, default)` and `FormatTime(time, format, zone)`: times of the body, in milliseconds since the Unix
 * epoch. Pure: no clock, no zone and no language of the machine.
 */
import type { HostArgument, HostFunction } from '../../jsonnet/host-function';
import { HintedError } from '../../jsonnet/host-function';
import { shorten } from '../../message-text';
import { guessEpoch, isEpochUnit, parseEpoch, parseIsoTime, parseMailTime } from './iso-time';
import { MAX_TIME_FORMAT, parseTimeFormat } from './strftime';
import { parseByPattern } from './strptime';
import { formatOffset, isInstant, parseOffset } from './time-fields';

/** UTF-16 units of a text with a time, and of a zone. */
const MAX_TIME = 200;
const MAX_ZONE = 50;

const NAMED = 'auto, iso, s, ms, us, ns or a pattern such as "%d.%m.%Y %H:%M"';

export const ParseTime: HostFunction = {
	params: [
		{ name: 'value', maxLength: MAX_TIME },
		{ name: 'format', optional: true, maxLength: MAX_TIME_FORMAT },
		{ name: 'default', optional: true, lazy: true },
	],
	call(_context, [value, format = 'auto', fallback]) {
		if (typeof format !== 'string') throw new Error('parameter format must be a string');
		const ms =
			typeof value === 'string' || typeof value === 'number'
				? parse(typeof value === 'string' ? value.trim() : value, format)
				: undefined;
		if (ms !== undefined) return ms;
		if (fallback !== undefined) return fallback;
		throw new Error(`time ${shown(value)} does not fit the format ${JSON.stringify(format)}`);
	},
};

function parse(value: string | number, format: string): number | undefined {
	if (format === 'auto') {
		if (typeof value === 'number') return guessEpoch(value);
		return parseIsoTime(value) ?? parseMailTime(value) ?? guessEpoch(value);
	}
	if (isEpochUnit(format)) return parseEpoch(value, format);
	if (format === 'iso') return typeof value === 'string' ? parseIsoTime(value) : undefined;
	if (format.includes('%')) return parseByPattern(String(value), format);
	throw new Error(`datetime format ${JSON.stringify(format)} is invalid: expected ${NAMED}`);
}

export const FormatTime: HostFunction = {
	params: [
		{ name: 'time', maxLength: MAX_TIME },
		{ name: 'format', optional: true, maxLength: MAX_TIME_FORMAT },
		{ name: 'zone', optional: true, maxLength: MAX_ZONE },
	],
	call(_context, [time, format, zone = 'UTC']) {
		if (format !== undefined && typeof format !== 'string') {
			throw new Error('parameter format must be a string');
		}
		const offset = typeof zone === 'string' ? parseOffset(zone) : undefined;
		if (offset === undefined) {
			throw new Error(`zone ${shown(zone)} is invalid: expected UTC or an offset such as +02:00`);
		}
		if (typeof time !== 'number' || !isInstant(time) || !isInstant(time + offset * 60_000)) {
			throw new HintedError(
				`time ${shown(time)} is no number of milliseconds from the year 0 to 9999`,
				typeof time === 'string' ? 'Read a text first: FormatTime(ParseTime(text)).' : undefined,
			);
		}
		const end = offset === 0 ? 'Z' : formatOffset(offset, ':');
		const write = parseTimeFormat(format ?? `%Y-%m-%dT%H:%M:%S.%f${end}`);
		return write(new Date(Math.floor(time) + offset * 60_000), offset);
	},
};

function shown(value: HostArgument): string {
	if (typeof value === 'string') return JSON.stringify(shorten(value, 60));
	if (value === null || typeof value === 'number' || typeof value === 'boolean') {
		return String(value);
	}
	return Array.isArray(value) ? 'of type array' : 'of type object';
}
