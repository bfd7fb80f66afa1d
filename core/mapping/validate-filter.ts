import { ConfigError } from '../errors';
import { FILTER } from '../pure/bounds';
import { parsePath } from '../pure/path';
import type { Filter } from './filter';
import { validateTemplate } from './validate-template';

const FIELDS: readonly string[] = [
	'types',
	'typePath',
	'labels',
	'labelsPath',
	'condition',
] satisfies (keyof Filter)[];

/** Exactly one of them says what is asked of a label. */
const ASKS = ['has', 'equals', 'in'] as const;

/**
 * Checks a filter without compiling its condition.
 *
 * @throws ConfigError naming path and bound
 */
export function validateFilter(filter: unknown, path: string): asserts filter is Filter {
	if (!isObject(filter)) throw new ConfigError(path, 'an object', filter);
	const stranger = Object.keys(filter).find((name) => !FIELDS.includes(name));
	if (stranger !== undefined) {
		throw new ConfigError(`${path}.${stranger.slice(0, 60)}`, `one of ${FIELDS.join(', ')}`);
	}
	const { types, typePath, labels, labelsPath, condition } = filter as Record<
		keyof Filter,
		unknown
	>;
	if (types !== undefined) validateTexts(types, `${path}.types`, FILTER.maxTypes);
	if (typePath !== undefined) validatePath(typePath, `${path}.typePath`);
	if (labels !== undefined) validateLabels(labels, `${path}.labels`);
	if (labelsPath !== undefined) validatePath(labelsPath, `${path}.labelsPath`);
	if (condition !== undefined) {
		validateTemplate(condition as NonNullable<Filter['condition']>, `${path}.condition`);
	}
}

function validateLabels(labels: unknown, path: string): void {
	for (const [index, rule] of listOf(labels, path, FILTER.maxLabels).entries()) {
		const place = `${path}[${index}]`;
		if (!isObject(rule)) throw new ConfigError(place, 'an object with a key', rule);
		validateText(rule['key'], `${place}.key`);
		const asked = Object.keys(rule).filter((name) => name !== 'key' && rule[name] !== undefined);
		const [name] = asked;
		if (asked.length !== 1 || !ASKS.some((one) => one === name)) {
			throw new ConfigError(place, `a key and one of ${ASKS.join(', ')}`);
		}
		if (name === 'has' && typeof rule[name] !== 'boolean') {
			throw new ConfigError(`${place}.has`, 'true or false', rule[name]);
		}
		if (name === 'equals') validateText(rule[name], `${place}.equals`, 0);
		if (name === 'in') validateTexts(rule[name], `${place}.in`, FILTER.maxValues, 0);
	}
}

function validateTexts(values: unknown, path: string, max: number, minLength = 1): void {
	for (const [index, value] of listOf(values, path, max).entries()) {
		validateText(value, `${path}[${index}]`, minLength);
	}
}

function validateText(value: unknown, path: string, minLength = 1): void {
	const { maxText } = FILTER;
	if (typeof value === 'string' && value.length >= minLength && value.length <= maxText) return;
	throw new ConfigError(path, `a text of ${minLength} to ${maxText} characters`, value);
}

function validatePath(value: unknown, path: string): void {
	try {
		validateText(value, path);
		parsePath(String(value));
	} catch {
		throw new ConfigError(path, 'a path such as "device.labels"', value);
	}
}

function listOf(values: unknown, path: string, max: number): readonly unknown[] {
	if (Array.isArray(values) && values.length <= max) return values;
	throw new ConfigError(path, `a list of at most ${max}`, values);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
