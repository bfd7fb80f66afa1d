import {
	compileMapping,
	ConfigError,
	grouped,
	MappingError,
	TEMPLATE_LENGTH,
} from '../../core/index';

/** What the dialog is told about a template; lines and columns as in J87. */
export type TemplateAnswer =
	| { readonly ok: true }
	| {
			readonly ok: false;
			readonly message: string;
			/** Absent where all of the template is wrong, not a place in it. */
			readonly line?: unknown;
			readonly column?: unknown;
			readonly endLine?: unknown;
			readonly endColumn?: unknown;
	  };

/** A character has at most two UTF-16 units. A longer text is not even counted. */
const MAX_UNITS = 2 * TEMPLATE_LENGTH.max;

/**
 * Compiles a template as a deploy does, and evaluates nothing: the compiler's time is bounded by the length of the text, its
 * stack by the nesting it allows (J90, J103).
 *
 * @param body as the request brought it: `{template: string}`, or anything else
 */
export function checkTemplate(body: unknown): { status: number; answer: TemplateAnswer } {
	const { template } = Object(body) as { template?: unknown };
	if (typeof template !== 'string') {
		return { status: 400, answer: wrong('expected JSON such as {"template": "Body(\'a\')"}') };
	}
	if (template.length > MAX_UNITS) {
		return {
			status: 413,
			answer: wrong(`template: expected at most ${grouped(TEMPLATE_LENGTH.max)} characters`),
		};
	}
	const content = { language: 'jsonnet', content: template } as const;
	try {
		compileMapping({ columns: [{ type: 'template', name: 'template', template: content }] });
		return { status: 200, answer: { ok: true } };
	} catch (error) {
		if (error instanceof ConfigError) return { status: 200, answer: wrong(error.message) };
		if (error instanceof MappingError) return { status: 200, answer: misplaced(error) };
		throw error;
	}
}

function wrong(message: string): TemplateAnswer {
	return { ok: false, message };
}

/** The engine's own error is the cause: the column around it has words that say which column it is. */
function misplaced(error: MappingError): TemplateAnswer {
	const found = error.cause instanceof MappingError ? error.cause : error;
	const { reason, line, column, endLine, endColumn } = found.details;
	if (typeof reason !== 'string') return wrong(found.message);
	return { ok: false, message: reason, line, column, endLine, endColumn };
}
