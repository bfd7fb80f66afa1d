import { ConfigError } from '../errors';
import { DEFAULT_LIMITS, type CompileOptions, type Limits } from './options';

type Check = (value: unknown, path: string) => void;

const text: Check = (value, path) => {
	if (typeof value !== 'string') throw new ConfigError(path, 'a text', value);
};
const flag: Check = (value, path) => {
	if (typeof value !== 'boolean') throw new ConfigError(path, 'true or false', value);
};
const callable: Check = (value, path) => {
	if (typeof value !== 'function') throw new ConfigError(path, 'a function', value);
};
const bound: Check = (value, path) => {
	// Not NaN, with which every comparison of a counter would hold.
	if (typeof value !== 'number' || !(value >= 1)) {
		throw new ConfigError(path, 'a number of at least 1', value);
	}
};
const external: Check = (value, path) => {
	if (typeof value === 'string' || typeof Object(value).code === 'string') return;
	throw new ConfigError(path, 'a text, or {code} with a text', value);
};
const nativeFunction: Check = (value, path) => {
	const { func, params } = members(value, path);
	callable(func, `${path}.func`);
	list(params, `${path}.params`).forEach((each, i) => text(each, `${path}.params[${i}]`));
};
const hostFunction: Check = (value, path) => {
	const { call, params, prepare } = members(value, path);
	callable(call, `${path}.call`);
	if (prepare !== undefined) callable(prepare, `${path}.prepare`);
	list(params, `${path}.params`).forEach((each, i) => {
		const at = `${path}.params[${i}]`;
		const { maxLength, name } = members(each, at);
		text(name, `${at}.name`);
		if (maxLength !== undefined) bound(maxLength, `${at}.maxLength`);
	});
};

const CHECKS: Readonly<Record<keyof CompileOptions, Check>> = {
	filename: text,
	globals(value, path) {
		eachMember(hostFunction)(value, path);
		if (Object.hasOwn(Object(value), 'std')) {
			throw new ConfigError(`${path}.std`, 'another name: std is the standard library');
		}
	},
	extVars: eachMember(external),
	tlaVars: eachMember(external),
	nativeFunctions: eachMember(nativeFunction),
	importer: callable,
	limits(value, path) {
		for (const [name, limit] of known(value, path, Object.keys(DEFAULT_LIMITS))) {
			bound(limit, `${path}.${name}`);
		}
	},
	shortestNumbers: flag,
	trace: callable,
};

/**
 * Checks what a caller in JavaScript gave (J5). A member that is undefined counts as not given.
 *
 * @returns the limits, with the defaults for those that were not given
 * @throws ConfigError ERR_CONFIG_INVALID naming the option
 */
export function validateOptions(source: unknown, options: unknown): Limits {
	text(source, 'source');
	const given = known(options, 'options', Object.keys(CHECKS));
	for (const [name, value] of given) CHECKS[name as keyof CompileOptions](value, `options.${name}`);
	const { limits = {} } = options as CompileOptions;
	const set = Object.entries(limits).filter(([, value]) => value !== undefined);
	return { ...DEFAULT_LIMITS, ...Object.fromEntries(set) };
}

function eachMember(check: Check): Check {
	return (value, path) => {
		for (const [name, member] of Object.entries(members(value, path))) {
			if (member !== undefined) check(member, `${path}.${name}`);
		}
	};
}

function known(value: unknown, path: string, names: readonly string[]): [string, unknown][] {
	return Object.entries(members(value, path)).filter(([name, member]) => {
		if (!names.includes(name)) {
			throw new ConfigError(`${path}.${name}`, `one of ${names.join(', ')}`);
		}
		return member !== undefined;
	});
}

function members(value: unknown, path: string): Readonly<Record<string, unknown>> {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as Readonly<Record<string, unknown>>;
	}
	throw new ConfigError(path, 'an object', value);
}

function list(value: unknown, path: string): readonly unknown[] {
	if (!Array.isArray(value)) throw new ConfigError(path, 'a list', value);
	return value;
}
