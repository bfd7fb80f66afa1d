import { MappingError, ReceiveError } from '../../errors';
import type { Event } from '../../event/event';
import { compile, type Template } from '../../jsonnet/jsonnet';
import { templateGlobals } from '../globals/globals';
import type { CompileColumn } from './column-renderer';

/** The result of a Jsonnet template (K85, K88): compact JSON as text, so strings keep their quotes unless `rawString`. */
export const template: CompileColumn = (column, profile) => {
	const { name, rawString = false } = column;
	const compiled = compileTemplate(name, column.template?.content ?? '', templateGlobals(profile));
	return {
		value: (event) => unwrap(() => compiled.evaluate(event)),
		cell(event) {
			const text = unwrap(() => compiled.evaluateToText(event, 'compact'));
			return rawString && text.startsWith('"') ? String(JSON.parse(text)) : text;
		},
	};
};

function compileTemplate(
	name: string,
	source: string,
	globals: ReturnType<typeof templateGlobals>,
): Template<Event> {
	try {
		return compile<Event>(source, { globals });
	} catch (error) {
		if (!(error instanceof MappingError)) throw error;
		// The Keboola API shows this text to its clients (K90).
		const text = `Column ${JSON.stringify(name)} template is invalid: ${error.message}`;
		throw new MappingError(error.code, /[\w'"]$/.test(text) ? `${text}.` : text, {
			cause: error,
			details: { ...error.details, column: name },
		});
	}
}

/**
 * A body that a template could not read is the sender's fault, with its own status (K70): its error comes out as it
 * was, with the place of the call.
 * Other errors lose the engine's prefix and stack, which stay in the details: a sender is shown one line (K94, K100).
 */
function unwrap<T>(evaluate: () => T): T {
	try {
		return evaluate();
	} catch (error) {
		if (!(error instanceof MappingError)) throw error;
		const { cause, code, details, message } = error;
		const { frames, reason } = details;
		if (cause instanceof ReceiveError) {
			throw new ReceiveError(cause.code, cause.message, {
				cause,
				details: { ...cause.details, frames },
			});
		}
		throw new MappingError(code, typeof reason === 'string' ? reason : message, {
			cause: error,
			details,
		});
	}
}
