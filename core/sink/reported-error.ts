import type { CoreError } from '../errors';
import type { RequestReport } from './sink';

/** Of an error what a report of a request says. */
export function reportedError({ code, message }: CoreError): Pick<RequestReport, 'error'> {
	return { error: { code, message } };
}
