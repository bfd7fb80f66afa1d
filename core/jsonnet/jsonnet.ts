/**
 * The Jsonnet engine of templates. Phases: lex → parse (syntax/) → check and compile to closures (compile/) → evaluate
 * (evaluate/, std/) → write (write/).
 *
 * Invariants, named by the tests:
 * 1. A template is compiled once and never changes; evaluations may nest (J6, J107).
 * 2. A caller sees MappingError, for wrong options ConfigError, and nothing else (J89).
 * 3. Steps, time, depth, cells, strings and output are counted before they are spent (J90, J93).
 * 4. Data of the host is read by own properties and copied on its way out (J84, J92).
 */
import { ConfigError, MappingError } from '../errors';
import { FunctionValue, bindArguments } from './evaluate/function';
import { runtimeError, stackError, withRun } from './evaluate/run';
import { Library } from './library';
import { validateOptions } from './validate-options';
import { toData } from './write/data';
import { COMPACT, DOCUMENT, writeJson } from './write/json-text';

import type { Program } from './compile/program';
import type { RunSettings } from './evaluate/run';
import type { Value } from './evaluate/value';
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
 * @throws ConfigError for options that are wrong, MappingError ERR_TEMPLATE_SYNTAX; evaluating throws ERR_TEMPLATE_RUNTIME and ERR_TEMPLATE_LIMIT
 */
export function compile<Context = unknown>(
	source: string,
	options: CompileOptions<Context> = {},
): Template<Context> {
	const limits = validateOptions(source, options);
	const library = new Library(options);
	const program = compileIn(library, options.filename ?? '', source);
	const settings: RunSettings = {
		limits,
		shortestNumbers: options.shortestNumbers ?? false,
	};
	const value = () => {
		const result = program();
		return result instanceof FunctionValue ? callTopLevel(result, library, options) : result;
	};
	const data = () => toData(value());
	const compact = () => writeJson(value(), COMPACT);
	const document = () => `${writeJson(value(), DOCUMENT)}\n`;
	return {
		evaluate: (context) => evaluateIn(settings, context, data),
		evaluateToText(context, style = 'compact') {
			if (style !== 'compact' && style !== 'document') {
				throw new ConfigError('style', 'compact or document', style);
			}
			return evaluateIn(settings, context, style === 'document' ? document : compact);
		},
	};
}

/** Compiles and evaluates at once. */
export function evaluate(source: string, options?: CompileOptions): unknown {
	return compile(source, options).evaluate();
}

/** The text that the jsonnet command line tool prints: three spaces of indent, line break at the end (J50). */
export function evaluateToJson(source: string, options?: CompileOptions): string {
	return compile(source, options).evaluateToText(undefined, 'document');
}

/** A template that evaluates to a function is called with `tlaVars` (J8). */
function callTopLevel(target: FunctionValue, library: Library, options: CompileOptions): Value {
	const named = Object.entries(options.tlaVars ?? {}).map(([name, value]) => ({
		name,
		item: library.external('top-level-arg', name, value),
	}));
	return target.invoke(bindArguments(target, [], named));
}

function compileIn(library: Library, filename: string, source: string): Program {
	try {
		return library.compile(filename, source);
	} catch (error) {
		throw templateError(error);
	}
}

function evaluateIn<T>(settings: RunSettings, context: unknown, action: () => T): T {
	try {
		return withRun(settings, context, action);
	} catch (error) {
		throw templateError(error);
	}
}

/** The one net (J89): a template that exhausts the stack of JavaScript itself is told so like one that is too deep. */
function templateError(error: unknown): MappingError {
	if (error instanceof RangeError) return stackError();
	if (error instanceof MappingError) return error;
	return runtimeError(`internal error: ${String(error)}`, undefined, error);
}
