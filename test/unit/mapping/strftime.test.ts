import assert from 'node:assert/strict';
import { parseTimeFormat } from '../../../core/mapping/globals/strftime';

const AT = new Date('2006-01-02T15:04:05.070Z');

describe('parseTimeFormat', () => {
	const letters: [format: string, text: string][] = [
		['%A %a', 'Monday Mon'],
		['%B %b %h', 'January Jan Jan'],
		['%C', '20'],
		['%c', 'Mon Jan  2 15:04:05 2006'],
		['%D %x', '01/02/06 01/02/06'],
		['%d|%e', '02| 2'],
		['%F', '2006-01-02'],
		['%f', '070'],
		['%G-W%V-%u %g', '2006-W01-1 06'],
		['%H %I %k %l', '15 03 15  3'],
		['%j', '002'],
		['%M %m', '04 01'],
		['a%nb%tc', 'a\nb\tc'],
		['%p', 'PM'],
		['%R %r', '15:04 03:04:05 PM'],
		['%S %T %X', '05 15:04:05 15:04:05'],
		['%U %W %w', '01 01 1'],
		['%v', ' 2-Jan-2006'],
		['%Y %y', '2006 06'],
		['%Z %z', 'UTC +0000'],
		['100%%', '100%'],
		['%%Y', '%Y'],
		['', ''],
		['%Y-%m-%dT%H:%M:%S.%fZ', '2006-01-02T15:04:05.070Z'],
	];
	for (const [format, text] of letters) {
		it(`writes ${JSON.stringify(format)}`, () => assert.equal(parseTimeFormat(format)(AT), text));
	}

	// As `date -u +"%U %W %G %V %u %j %I %p"` of GNU coreutils prints them.
	const days: [day: string, text: string][] = [
		['2005-01-01T00:00:00Z', '00 00 2004 53 6 001 12 AM'],
		['2006-01-01T12:00:00Z', '01 00 2005 52 7 001 12 PM'],
		['2007-01-01T11:00:00Z', '00 01 2007 01 1 001 11 AM'],
		['2008-12-29T13:00:00Z', '52 52 2009 01 1 364 01 PM'],
		['2009-12-31T23:59:59Z', '52 52 2009 53 4 365 11 PM'],
		['2024-12-31T00:00:00Z', '52 53 2025 01 2 366 12 AM'],
	];
	for (const [day, text] of days) {
		it(`counts weeks and days of ${day}`, () => {
			assert.equal(parseTimeFormat('%U %W %G %V %u %j %I %p')(new Date(day)), text);
		});
	}

	for (const format of ['%Q', 'a%', '%', '%E', '%é']) {
		it(`refuses ${format}`, () => {
			assert.throws(
				() => parseTimeFormat(format),
				(error: Error) => error.message.startsWith(`datetime format "${format}" is invalid: `),
			);
		});
	}
});
