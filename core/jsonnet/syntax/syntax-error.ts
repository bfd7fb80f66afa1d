import { MappingError } from '../../errors';
import { shorten } from '../../shorten';
import { MAX_REASON, excerptOf, formatPlace, placeOf } from '../source';

import type { Source, Span } from '../source';

/** A static error: found while compiling, also in code that would never run (J7, J86). */
export function syntaxError(
	source: Source,
	span: Span,
	message: string,
	cause?: unknown,
): MappingError {
	const place = placeOf(source, span);
	const reason = shorten(message, MAX_REASON);
	return new MappingError('ERR_TEMPLATE_SYNTAX', `${formatPlace(source, place)} ${reason}`, {
		cause,
		details: {
			...(source.filename === '' ? {} : { filename: source.filename }),
			...place,
			reason,
			excerpt: excerptOf(source, span),
		},
	});
}
