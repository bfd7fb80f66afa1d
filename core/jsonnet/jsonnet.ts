import { MappingError } from '../errors';

import type { CompileOptions } from './options';

/** A compiled template: immutable and reentrant (J6). */
export interface Template<Context = unknown> {
	/** The value as fresh JavaScript data; `context` is handed to the host functions. */
	evaluate(context?: Context): unknown;
	/** The value as JSON text with sorted keys: on one line, or as the command line tool prints it. */
	evaluateToText(context?: Context, style?: TextStyle): string;
}

/** `compact` has no white space at all; `document` has three spaces of indent and a line break at its end (J50). */
export type TextStyle = 'compact' | 'document';

/**
 * Compiles a Jsonnet template once, to be evaluated for many events.
 *
 * @throws MappingError ERR_TEMPLATE_SYNTAX; evaluating throws ERR_TEMPLATE_RUNTIME and ERR_TEMPLATE_LIMIT
 */
export function compile<Context = unknown>(
	source: string,
	options: CompileOptions<Context> = {},
): Template<Context> {
	throw new MappingError('ERR_TEMPLATE_UNSUPPORTED', 'the Jsonnet engine is not built yet', {
		details: { source, options },
	});
}

/** Compiles and evaluates at once. */
export function evaluate(source: string, options?: CompileOptions): unknown {
	return compile(source, options).evaluate();
}

/** The text that the jsonnet command line tool prints: three spaces of indent, line break at the end (J50). */
export function evaluateToJson(source: string, options?: CompileOptions): string {
	return compile(source, options).evaluateToText(undefined, 'document');
}
