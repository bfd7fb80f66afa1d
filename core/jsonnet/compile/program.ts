import { makeFrame } from '../evaluate/function';
import { parse } from '../syntax/parser';
import { makeCompiler } from './compile-node';
import { Scope } from './scope';

import type { Value } from '../evaluate/value';
import type { Source } from '../source';
import type { CompileHost } from './compiler';
import type { Constant } from './scope';

/** A compiled source: gives its value in the current run. */
export type Program = () => Value;

/**
 * Lexes, parses, checks and compiles one source (J7).
 *
 * @param constants global names: `std` and the host functions
 * @throws MappingError ERR_TEMPLATE_SYNTAX
 */
export function compileProgram(
	source: Source,
	constants: ReadonlyMap<string, Constant>,
	host: CompileHost,
): Program {
	const scope = Scope.root(source, constants);
	const code = makeCompiler(host).value(parse(source), scope);
	const { layout } = scope;
	return () => code(makeFrame(undefined, layout.size));
}
