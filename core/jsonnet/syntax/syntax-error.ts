import { MappingError } from '../../errors';
import { excerptOf, formatPlace, placeOf } from '../source';

import type { Source, Span } from '../source';

/** A static error: found while compiling, also in code that would never run (J7, J86). */
export function syntaxError(
	source: Source,
	span: Span,
	message: string,
	cause?: unknown,
): MappingError {
	const place = placeOf(source, span);
	return new MappingError('ERR_TEMPLATE_SYNTAX', `${formatPlace(source, place)} ${message}`, {
		cause,
		details: {
			...(source.filename === '' ? {} : { filename: source.filename }),
			...place,
			reason: message,
			excerpt: excerptOf(source, span),
		},
	});
}
