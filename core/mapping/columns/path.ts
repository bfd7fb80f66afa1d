import { bodyKind, exactBody, lenientBody, type Profile } from '../../event/body';
import { CoreError, ReceiveError } from '../../errors';
import type { Event } from '../../event/event';
import { parsePath, pathNotFound, readSteps, type PathStep } from '../globals/path';
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
	return {
		value: valueOf,
		cell(event) {
			const value = valueOf(event);
			if (typeof value === 'string') return rawString ? value : JSON.stringify(value);
			return textAsSent(event, value, steps);
		},
	};
};

/** Numbers are shown as the sender wrote them: `1.10` stays `1.10`, 20 digits stay 20 digits. */
function textAsSent(event: Event, value: unknown, steps: readonly PathStep[]): string {
	const hasNumbers = typeof value === 'number' || (typeof value === 'object' && value !== null);
	if (!hasNumbers || bodyKind(event) === 'form') return JSON.stringify(value);
	return JSON.stringify(readSteps(exactBody(event), steps));
}

function readBody(event: Event, profile: Profile): unknown {
	try {
		return lenientBody(event, profile);
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		const { code, message, details } = error;
		throw new ReceiveError(code, `cannot parse request json: ${message}`, { details });
	}
}
