import type { HostFunction, HostResult, HostValue } from './host-function';

/** How a template is compiled and what its evaluations may use. */
export interface CompileOptions<Context = unknown> {
	/** Shown in errors and given by `std.thisFile`; none by default. */
	readonly filename?: string;
	/** Host functions, visible in the template as global variables (J80). */
	readonly globals?: Readonly<Record<string, HostFunction<Context>>>;
	/** Values of `std.extVar`; a string is a string, `{code}` is compiled when first read (J9). */
	readonly extVars?: Readonly<Record<string, ExternalValue>>;
	/** Arguments for a template that evaluates to a function (J8). */
	readonly tlaVars?: Readonly<Record<string, ExternalValue>>;
	/** Functions found by `std.native(name)`. */
	readonly nativeFunctions?: Readonly<Record<string, NativeFunction>>;
	/** Without one, imports are disabled (J10). */
	readonly importer?: Importer;
	readonly limits?: Partial<Limits>;
	/** Print numbers as JSON.stringify does instead of with 17 digits (J47); false by default. */
	readonly shortestNumbers?: boolean;
	/** Receives the lines of `std.trace`; they are dropped without one. */
	readonly trace?: (line: string) => void;
}

export type ExternalValue = string | { readonly code: string };

/** Arguments arrive as JSON data, all of them evaluated. A thrown error becomes a runtime error. */
export interface NativeFunction {
	readonly params: readonly string[];
	func(...args: HostValue[]): HostResult;
}

/**
 * Finds an imported file. A thrown error becomes a runtime error with its message.
 *
 * @param base `path` of the importing file, or the `filename` option
 * @param rel the path as written
 */
export type Importer = (base: string, rel: string) => ImportedFile;

export interface ImportedFile {
	/** Identity of the file: one path is read and compiled once. */
	readonly path: string;
	readonly contents?: string;
	/** For `importbin`; UTF-8 of `contents` when absent. */
	readonly bytes?: Uint8Array;
}

/** Bounds of one evaluation; exceeding one is ERR_TEMPLATE_LIMIT (J90). */
export interface Limits {
	/** Calls, iterations, thunks, and elements of loops inside `std`. Default 1,000,000. */
	readonly steps: number;
	/** Milliseconds. Default 100. */
	readonly timeMs: number;
	/** Nested calls, thunks and fields. Default 500. */
	readonly depth: number;
	/** Array elements, object fields and thunks allocated. Default 1,000,000. */
	readonly cells: number;
	/** UTF-16 units of all strings built; one string may have a quarter. Default 32 Mi, so 8 Mi for one. */
	readonly stringBytes: number;
	/** Units of text or, for data, of its strings. Default 10 Mi; 1 M values and nesting 100 are fixed. */
	readonly outputBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
	steps: 1_000_000,
	timeMs: 100,
	depth: 500,
	cells: 1_000_000,
	stringBytes: 32 * 1024 * 1024,
	outputBytes: 10 * 1024 * 1024,
};
