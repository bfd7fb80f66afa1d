import { checkChoice, checkWhole } from '../check-value';
import {
	CLOUD_EVENT_PATHS,
	DEFAULT_PROJECT,
	LATEST_PATHS,
	isOfKept,
	projectOf,
	SPLITS,
	type LatestConfig,
	type ReceiverConfig,
	type ReceiverLimits,
	type SchemaConfig,
} from '../config';
import { ConfigError } from '../errors';
import { CSV_DELIMITER_NAMES } from '../event/csv-body';
import { validateCidrs } from '../event/networks';
import { READ_BODY_AS } from '../event/read-as';
import { fieldsOf } from '../health/fields-of';
import { validateRate } from '../health/rate';
import {
	ALERTS,
	BODY_BYTES,
	FORMER_URL_SECRET_MS,
	MAX_DESCRIPTION_LENGTH,
	MAX_LABEL_LENGTH,
	MAX_PROXIES,
	RECEIVER_LIMITS,
} from '../pure/bounds';
import { isHeaderName } from '../pure/header-name';
import { parsePath } from '../pure/path';
import { parseAnswer } from '../receiver/configured-answer';
import { parseSchema, type SchemaInput } from '../receiver/schema/parse-schema';
import { parseHandshake, type HandshakeInput } from '../receiver/handshakes/parse-handshake';
import { validateAuth } from '../signature/validate-schemes';
import { parseCors, type CorsInput } from './parse-cors';
import { parseDataset, type DatasetInput } from './parse-dataset';
import { parseDedupe } from './parse-dedupe';
import { parseOrigin, receiverIdentifier, storable, text } from './check-text';

/** Bound of a project's name: with `project:` before it, it is such an id. */
const MAX_PROJECT = 100;

/** A receiver's configuration before defaults. */
export type ReceiverInput = Partial<
	Omit<ReceiverConfig, 'latest' | 'handshake' | 'cors' | 'schema' | 'dataset'>
> &
	Pick<ReceiverConfig, 'id' | 'auth'> & {
		readonly latest?: Partial<LatestConfig>;
		readonly handshake?: HandshakeInput;
		readonly cors?: CorsInput;
		readonly schema?: SchemaInput;
		readonly dataset?: DatasetInput;
	};

/**
 * Checks a receiver's configuration and fills in defaults.
 *
 * @throws ConfigError (ERR_CONFIG_INVALID) naming the path and the bound
 */
export function parseReceiverConfig(input: ReceiverInput): ReceiverConfig {
	receiverIdentifier(input.id, 'id');
	if (projectOf({ receiverId: input.id }) !== undefined)
		throw new ConfigError('id', 'an id that does not begin with "project:"', input.id);
	if (isOfKept(input.id))
		throw new ConfigError('id', 'an id that does not begin with "kept:"', input.id);
	validateAuth(input.auth, 'auth');
	return {
		id: input.id,
		...(input.label === undefined ? {} : { label: text(input.label, 'label', MAX_LABEL_LENGTH) }),
		...(input.description === undefined
			? {}
			: { description: parseDescription(input.description) }),
		project: parseProject(input.project ?? DEFAULT_PROJECT),
		auth: input.auth,
		...(input.source === undefined ? {} : { source: parseSource(input.source) }),
		...(input.trustedProxies?.length ? { trustedProxies: parseProxies(input.trustedProxies) } : {}),
		...(input.readBodyAs === undefined
			? {}
			: { readBodyAs: checkChoice(input.readBodyAs, 'readBodyAs', READ_BODY_AS) }),
		...(input.secretHeaders ? { secretHeaders: parseHeaderNames(input.secretHeaders) } : {}),
		maxBodyBytes: checkWhole(input.maxBodyBytes ?? BODY_BYTES.fallback, 'maxBodyBytes', BODY_BYTES),
		...(input.maxDecompressedBytes === undefined
			? {}
			: {
					maxDecompressedBytes: checkWhole(
						input.maxDecompressedBytes,
						'maxDecompressedBytes',
						BODY_BYTES,
					),
				}),
		...(input.csvDelimiter === undefined
			? {}
			: { csvDelimiter: checkChoice(input.csvDelimiter, 'csvDelimiter', CSV_DELIMITER_NAMES) }),
		...(input.split === undefined ? {} : { split: parseSplit(input.split, input.readBodyAs) }),
		...(input.limits === undefined ? {} : { limits: parseLimits(input.limits) }),
		...(input.replays === undefined
			? {}
			: { replays: checkChoice(input.replays, 'replays', ['drop', 'take'] as const) }),
		...(input.formerUrlSecretMs === undefined
			? {}
			: {
					formerUrlSecretMs: checkWhole(
						input.formerUrlSecretMs,
						'formerUrlSecretMs',
						FORMER_URL_SECRET_MS,
					),
				}),
		...parseDedupe(input),
		...parseTypePlace(input),
		...(input.schema === undefined ? {} : { schema: parseSourced(input.schema, input) }),
		...(input.dataset === undefined ? {} : { dataset: parseDataset(input.dataset, input) }),
		origin: parseOrigin(input.origin),
		...(input.inactiveAfterMs === undefined
			? {}
			: {
					inactiveAfterMs: checkWhole(
						input.inactiveAfterMs,
						'inactiveAfterMs',
						ALERTS.inactiveAfterMs,
					),
				}),
		...(input.handshake === undefined
			? {}
			: { handshake: parseHandshake(input.handshake, input.auth) }),
		...(input.answer === undefined ? {} : { answer: parseAnswer(input.answer) }),
		...(input.cors === undefined ? {} : { cors: parseCors(input.cors) }),
		...(input.latest === undefined ? {} : { latest: parseLatest(input.latest, input.split) }),
	};
}

/** What comes from nowhere has no field that says so; CloudEvents say it themselves. */
function parseSourced(
	schema: SchemaInput,
	{ source, split }: Pick<ReceiverInput, 'source' | 'split'>,
): SchemaConfig {
	if (schema.sourceField !== undefined && source === undefined && split !== 'cloudevents')
		throw new ConfigError('schema.sourceField', 'a source label beside it (source)');
	return parseSchema(schema);
}

/** The type is in one place, or in none. */
function parseTypePlace({
	typePath,
	typeHeader,
	typeQuery,
	split,
}: ReceiverInput): Pick<ReceiverConfig, 'typePath' | 'typeHeader' | 'typeQuery'> {
	const given = [typePath, typeHeader, typeQuery].filter((place) => place !== undefined);
	if (given.length > 1)
		throw new ConfigError('typePath', 'one of typePath, typeHeader and typeQuery');
	if (typeHeader !== undefined) {
		if (isHeaderName(typeHeader)) return { typeHeader };
		throw new ConfigError('typeHeader', 'the name of a header', typeHeader);
	}
	if (typeQuery === '') throw new ConfigError('typeQuery', 'the name of a parameter of the URL');
	if (typeQuery !== undefined) return { typeQuery: text(typeQuery, 'typeQuery', 256) };
	if (typePath !== undefined) return { typePath: text(typePath, 'typePath', 256) };
	return split === 'cloudevents' ? { typePath: CLOUD_EVENT_PATHS.typePath } : {};
}

/** It may have several lines. */
function parseDescription(value: string): string {
	if (typeof value !== 'string')
		throw new ConfigError('description', `a text of at most ${MAX_DESCRIPTION_LENGTH} characters`);
	text(value.replaceAll(/[\n\r\t]/g, ' '), 'description', MAX_DESCRIPTION_LENGTH);
	return value;
}

function parseSource(source: string): string {
	if (source === '') throw new ConfigError('source', 'a text that is not empty', source);
	return storable(text(source, 'source', MAX_LABEL_LENGTH), 'source');
}

function parseProxies(networks: readonly string[]): readonly string[] {
	if (networks.length > MAX_PROXIES)
		throw new ConfigError('trustedProxies', `at most ${MAX_PROXIES} networks`, networks.length);
	validateCidrs(networks, 'trustedProxies');
	return networks;
}

function parseHeaderNames(names: readonly string[]): string[] {
	return names.map((name, index) => text(name, `secretHeaders[${index}]`, 200).toLowerCase());
}

function parseSplit(
	split: NonNullable<ReceiverConfig['split']>,
	readBodyAs: ReceiverConfig['readBodyAs'] = 'type',
): NonNullable<ReceiverConfig['split']> {
	checkChoice(split, 'split', SPLITS);
	const kind = split === 'csv' ? 'csv' : 'json';
	if (split !== 'one' && readBodyAs !== 'type' && readBodyAs !== kind)
		throw new ConfigError(
			'split',
			`one where readBodyAs is ${readBodyAs}: what is split so is ${kind === 'csv' ? 'CSV' : 'JSON'}`,
			split,
		);
	return split;
}

function parseLatest(latest: Partial<LatestConfig>, split: ReceiverConfig['split']): LatestConfig {
	const defaults = split === 'cloudevents' ? CLOUD_EVENT_PATHS : LATEST_PATHS;
	const { dropStale = false } = latest;
	if (typeof dropStale !== 'boolean')
		throw new ConfigError('latest.dropStale', 'true or false', dropStale);
	const path = (name: Exclude<keyof LatestConfig, 'dropStale'>): string => {
		const given = text(latest[name] ?? defaults[name], `latest.${name}`, 256);
		try {
			parsePath(given);
		} catch {
			throw new ConfigError(`latest.${name}`, 'a path such as "device.id"', given);
		}
		return given;
	};
	return {
		devicePath: path('devicePath'),
		typePath: path('typePath'),
		labelsPath: path('labelsPath'),
		timePath: path('timePath'),
		...(dropStale ? { dropStale } : {}),
	};
}

function parseLimits(given: ReceiverLimits): ReceiverLimits {
	const { rate, clientRate, concurrency } = fieldsOf(given, 'limits', [
		'rate',
		'clientRate',
		'concurrency',
	]);
	return {
		...(rate === undefined ? {} : { rate: validateRate(rate, 'limits.rate') }),
		...(clientRate === undefined
			? {}
			: { clientRate: validateRate(clientRate, 'limits.clientRate') }),
		...(concurrency === undefined
			? {}
			: {
					concurrency: checkWhole(concurrency, 'limits.concurrency', RECEIVER_LIMITS.concurrency),
				}),
	};
}

/** Part of the ids of its exports. */
function parseProject(value: string): string {
	if (
		typeof value !== 'string' ||
		value === '' ||
		value.length > MAX_PROJECT ||
		value.includes('/')
	)
		throw new ConfigError(
			'project',
			`a name of 1 to ${MAX_PROJECT} characters without a slash`,
			value,
		);
	return storable(value, 'project');
}
