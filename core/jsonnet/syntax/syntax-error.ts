import { MappingError } from '../../errors';
import { shorten, withHint } from '../../message-text';
import { MAX_REASON, excerptOf, formatPlace, placeOf } from '../source';

import type { Source, Span } from '../source';

/** A static error: found while compiling, also in code that would never run (J7, J86). */
export function syntaxError(
	source: Source,
	span: Span,
	message: string,
	extra: { readonly cause?: unknown; readonly hint?: string | undefined } = {},
): MappingError {
	const place = placeOf(source, span);
	const { cause, hint } = extra;
	const reason = withHint(shorten(message, MAX_REASON), hint);
	return new MappingError('ERR_TEMPLATE_SYNTAX', `${formatPlace(source, place)} ${reason}`, {
		cause,
		details: {
			...(source.filename === '' ? {} : { filename: source.filename }),
			...place,
			reason,
			...(hint === undefined ? {} : { hint }),
			excerpt: excerptOf(source, span),
		},
	});
}
