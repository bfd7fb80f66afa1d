/**
 * A function of the host that templates call by a global name, such as `Body("device.id", null)`.
 *
 * Arguments arrive as JSON data, in the order of `params`; one that was not given is `undefined`. An argument of a `lazy`
 * parameter is never evaluated for the function: it arrives as a `LazyArgument`, and the function returns that token to say
 * "the result is the value of this argument" (J81). The engine evaluates it then, in place, so it may be any Jsonnet value.
 *
 * Results are JSON data, read in place and never changed or shared with the output (J84). Of objects only own properties
 * are read (J92). `undefined`, class instances, functions, symbols and bigints are runtime errors that name the function.
 *
 * A thrown error becomes the runtime error of the template with the same message, and is its `cause`. An error thrown by
 * `prepare` becomes a static error at the place of the call.
 *
 * @example
 * const Header: HostFunction<Event> = {
 *   params: [{ name: 'header', optional: true }, { name: 'default', optional: true, lazy: true }],
 *   call: (event, [name, fallback]) => readHeader(event, String(name ?? ''), fallback),
 *   prepare([name]) {
 *     const key = canonicalName(String(name ?? ''));            // done once per template
 *     return (event, [, fallback]) => readHeader(event, key, fallback);
 *   },
 * };
 */
export interface HostFunction<Context = unknown> {
	readonly params: readonly HostParameter[];
	/** Must be pure for one context: the engine may leave a call out, or keep its result. */
	call(context: Context, args: readonly HostArgument[]): HostResult;
	/**
	 * Called when a template is compiled, for a direct call whose arguments are all literals, those of lazy parameters
	 * excepted. `constants` holds the literals; `undefined` for what was not given and for lazy parameters.
	 *
	 * @returns the function to use for this call instead of `call` (with the same arguments), or undefined
	 */
	prepare?(constants: readonly HostArgument[]): HostReader<Context> | undefined;
}

export interface HostParameter {
	/** Also the name of the argument in `Body(path="a")`: part of the template language. */
	readonly name: string;
	/** Without it the argument is required. */
	readonly optional?: boolean;
	/** Not evaluated before the call; see above. */
	readonly lazy?: boolean;
	/**
	 * UTF-16 units of a text given here; longer is ERR_TEMPLATE_LIMIT. Texts count as a step per unit where this is given,
	 * since the function reads them, else as a step per 256 units.
	 */
	readonly maxLength?: number;
}

/** Written as a method, so that a reader for one context fits where the context is not known. */
export type HostReader<Context = unknown> = {
	read(context: Context, args: readonly HostArgument[]): HostResult;
}['read'];

export type HostArgument = HostValue | LazyArgument | undefined;

/** JSON data; wider (`unknown`) inside, since what a host parsed is checked where it is read. */
export type HostValue = null | boolean | number | string | readonly unknown[] | HostObject;
export type HostObject = { readonly [name: string]: unknown };
/** HostValue or LazyArgument; checked at run time, so that a host needs no cast for what it parsed. */
export type HostResult = unknown;

/** What a host function may throw to say how to write it, in a further sentence behind its message. */
export class HintedError extends Error {
	readonly hint: string | undefined;

	constructor(message: string, hint: string | undefined) {
		super(message);
		this.hint = hint;
	}
}

/** Stands for an argument that was given but not evaluated; a function can only return it. */
export class LazyArgument {
	/** Position in `params`. */
	readonly index: number;

	constructor(index: number) {
		this.index = index;
	}
}
