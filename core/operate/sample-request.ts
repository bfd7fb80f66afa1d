import { ConfigError } from '../errors';
import type { PastedPush } from '../pipeline/sample-events';
import type { ReceiverSettings } from '../settings/receiver-settings';
import type { MappingSettings } from './show-mapping';

/** What a dialog asks about a sample. */
export interface SampleRequest {
	/** Absent: events are items of the flow. */
	readonly receiver?: ReceiverSettings;
	readonly mapping: MappingSettings;
	readonly sample: PastedPush;
	/** Which of the events of the sample is shown, from 0. */
	readonly position: number;
}

/** What of a receiver decides over what a push becomes; limits, answers and keys do not. */
const RECEIVER_NAMES = [
	...['maxBodyBytes', 'readBodyAs', 'split', 'csvDelimiter', 'source'],
	...['typePath', 'typeHeader', 'typeQuery'],
	...['schemaMode', 'schemaUnknown', 'schemaFields', 'schemaSourceField'],
] as const satisfies readonly (keyof ReceiverSettings)[];

const MAPPING_NAMES = [
	...['data', 'fields', 'columns', 'numbers', 'batchAs', 'batchFormat', 'batchCsvHeader'],
	...['filterTypes', 'filterTypePath', 'filterLabels', 'filterLabelsPath', 'filterCondition'],
] as const satisfies readonly (keyof MappingSettings)[];

const LISTS: readonly string[] = ['fields', 'columns', 'filterLabels', 'schemaFields'];
const FLAGS: readonly string[] = ['batchCsvHeader'];
/** Of what is listed; all else of it is looked at by whoever checks it. */
const TEXTS_OF_LISTED: readonly string[] = ['key', 'value'];

/** What is of another type than dialogs save is refused here, since what reads settings trusts it. @throws ConfigError */
export function readSampleRequest(body: unknown): SampleRequest {
	const { receiver, mapping, sample, position = 0 } = Object(body) as Record<string, unknown>;
	const { body: pasted, headers = '' } = Object(sample) as Record<string, unknown>;
	if (typeof pasted !== 'string' || typeof headers !== 'string')
		throw new ConfigError('sample', 'an object with the texts body and headers', sample);
	if (typeof position !== 'number' || !Number.isSafeInteger(position))
		throw new ConfigError('position', 'a whole number', position);
	return {
		...(receiver === undefined ? {} : { receiver: pick(receiver, 'receiver', RECEIVER_NAMES) }),
		mapping: readMappingSettings(mapping),
		sample: { body: pasted, headers },
		position,
	};
}

/** @throws ConfigError as readSampleRequest */
export function readMappingSettings(mapping: unknown): MappingSettings {
	return pick(mapping, 'mapping', MAPPING_NAMES);
}

function pick(value: unknown, path: string, names: readonly string[]): object {
	if (!isObject(value)) throw new ConfigError(path, 'an object', value);
	const given = names.flatMap((name) => {
		const one = value[name];
		if (one === undefined) return [];
		checkType(one, name, `${path}.${name}`);
		return [[name, one] as const];
	});
	return Object.fromEntries(given);
}

function checkType(value: unknown, name: string, path: string): void {
	if (LISTS.includes(name)) {
		const isList = Array.isArray(value) && value.every(isListed);
		if (!isList) throw new ConfigError(path, 'a list of objects', value);
	} else if (FLAGS.includes(name)) {
		if (typeof value !== 'boolean') throw new ConfigError(path, 'true or false', value);
	} else if (typeof value !== 'string' && !(name === 'maxBodyBytes' && typeof value === 'number')) {
		throw new ConfigError(path, 'a text', value);
	}
}

function isListed(value: unknown): boolean {
	const isText = (name: string): boolean =>
		['string', 'undefined'].includes(typeof (value as Record<string, unknown>)[name]);
	return isObject(value) && TEXTS_OF_LISTED.every(isText);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
