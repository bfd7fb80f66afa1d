import { MappingError } from '../../errors';
import type { Event } from '../../event/event';
import { compile, type Template } from '../../jsonnet/jsonnet';
import { templateGlobals } from '../globals/globals';
import { unwrapError } from '../unwrap-error';
import type { CompileColumn } from './column-renderer';

/** The result of a Jsonnet template (K85, K88): compact JSON as text, so strings keep their quotes unless `rawString`. */
export const template: CompileColumn = (column, profile) => {
	const { name, rawString = false } = column;
	const compiled = compileTemplate(name, column.template?.content ?? '', templateGlobals(profile));
	return {
		value: (event) => unwrapError(() => compiled.evaluate(event)),
		cell(event) {
			const text = unwrapError(() => compiled.evaluateToText(event, 'compact'));
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
