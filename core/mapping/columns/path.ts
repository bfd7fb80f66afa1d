import { exactBody, lenientBody, type Profile } from '../../event/body';
import { CoreError, ReceiveError } from '../../errors';
import type { Event } from '../../event/event';
import { parsePath, readSteps } from '../../pure/path';
import { pathNotFound } from '../path-not-found';
import type { CompileColumn } from './column-renderer';

/** The value at a place of the body (K87). The body is read as JSON whatever its type, unless it is a form. */
export const path: CompileColumn = (column, profile) => {
	const { path: place = '', defaultValue, rawString = false } = column;
	const steps = parsePath(place);
	const valueOf = (event: Event): unknown => {
		const found = readSteps(readBody(event, profile), steps);
		if (found !== undefined) return found;
		if (defaultValue !== undefined) return defaultValue;
		throw pathNotFound(place);
	};
	/** For writing: numbers are shown as the sender wrote them, `1.10` stays `1.10`, 20 digits stay 20 digits. */
	const exactValueOf = (event: Event): unknown => {
		const value = valueOf(event);
		const hasNumbers = typeof value === 'number' || (typeof value === 'object' && value !== null);
		return hasNumbers ? readSteps(exactBody(event, profile), steps) : value;
	};
	return {
		value: (event, { exactNumbers }) => (exactNumbers ? exactValueOf : valueOf)(event),
		cell(event) {
			const value = exactValueOf(event);
			return typeof value === 'string' && rawString ? value : JSON.stringify(value);
		},
	};
};

function readBody(event: Event, profile: Profile): unknown {
	try {
		return lenientBody(event, profile);
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		const { code, message, details } = error;
		throw new ReceiveError(code, `cannot parse request json: ${message}`, { details });
	}
}
