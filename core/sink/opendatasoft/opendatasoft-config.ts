import { checkChoice, checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { OPENDATASOFT_RECORDS } from '../../pure/bounds';
import { joinPath } from '../../config-path';
import { validateConnection, type ConnectionConfig } from '../http/validate-connection';
import { validateUrl } from '../http/validate-url';
import { isSecretRef, type Resolved, type SecretRef } from '../secret-ref';

/** What is done with the records of rows that say nothing themselves (`Row.operation`). */
export const OPENDATASOFT_OPERATIONS = ['push', 'delete', 'deleteById'] as const;

export type OpendatasoftOperation = (typeof OPENDATASOFT_OPERATIONS)[number];

/** A realtime dataset (`docs/spec/opendatasoft-push.md`, section 8). */
export interface OpendatasoftConfig extends ConnectionConfig {
	/** https:// or http:// and a host, such as `https://data.example.org`; a path before `/api` is kept. */
	readonly domain: string;
	readonly dataset: string;
	/** Default `realtime` (O3). */
	readonly resource?: string | undefined;
	readonly pushKey: string | SecretRef;
	/** Default push. delete: by values (O21) · deleteById: one request for each record (O22). */
	readonly operation?: OpendatasoftOperation | undefined;
	/** Of a record to delete the field that holds its id; default `recordid`. */
	readonly idField?: string | undefined;
	/** Records of one request; bounds and default `OPENDATASOFT_RECORDS` (O38). */
	readonly maxRecords?: number | undefined;
}

export type Dataset = Resolved<OpendatasoftConfig>;

/** UTF-16 units of ids, of a field's name and of a key. */
const MAX_TEXT = 300;

/** @throws ConfigError naming path and bound, never the key */
export function validateOpendatasoft(config: OpendatasoftConfig | Dataset, path = ''): void {
	const at = (name: string): string => joinPath(path, name);
	validateUrl(config.domain, at('domain'));
	if (/[?#]/.test(config.domain)) {
		throw new ConfigError(
			at('domain'),
			'an address without query and fragment, such as https://data.example.org',
		);
	}
	checkSegment(config.dataset, at('dataset'));
	if (config.resource !== undefined) checkSegment(config.resource, at('resource'));
	checkKey(config.pushKey, at('pushKey'));
	const { operation = 'push', idField } = config;
	checkChoice(operation, at('operation'), OPENDATASOFT_OPERATIONS);
	if (idField !== undefined) {
		if (!isText(idField)) throw new ConfigError(at('idField'), 'the name of a field', idField);
		if (operation !== 'deleteById')
			throw new ConfigError(at('idField'), 'the operation deleteById beside it');
	}
	checkWhole(
		config.maxRecords ?? OPENDATASOFT_RECORDS.fallback,
		at('maxRecords'),
		OPENDATASOFT_RECORDS,
	);
	validateConnection(config, at);
}

/** A part of the path: written with escapes, so that it leads nowhere else. */
function checkSegment(value: unknown, path: string): void {
	if (!isText(value) || value === '.' || value === '..' || /[/\\\s\p{Cc}]/u.test(value)) {
		throw new ConfigError(
			path,
			`an id of 1 to ${MAX_TEXT} characters without slashes and blanks`,
			value,
		);
	}
}

function checkKey(key: unknown, path: string): void {
	if (isSecretRef(key)) return;
	if (!isText(key) || /[\s\p{Cc}]/u.test(key)) {
		throw new ConfigError(path, `a key of 1 to ${MAX_TEXT} characters without blanks`);
	}
}

function isText(value: unknown): value is string {
	return (
		typeof value === 'string' && value !== '' && value.length <= MAX_TEXT && value.isWellFormed()
	);
}
