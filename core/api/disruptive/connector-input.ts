/** What clients send of a connector (D61–D71), as the leaves that are to change. */
import * as z from 'zod/v4';
import { MAX_LABEL_LENGTH } from '../../pure/bounds';
import { SAMPLE_TYPES } from '../../pure/sample-events';
import { checkInput, InputError } from '../input-error';
import { HTTP_PUSH } from './connector';

/** Those that clients may set (D59). */
const statusSchema = z.enum(['ACTIVE', 'USER_DISABLED']);

const displayName = z.string().max(MAX_LABEL_LENGTH).nullish();
const events = z.array(z.enum(SAMPLE_TYPES)).nullish();
const labels = z.array(z.string()).nullish();
const secret = { signatureSecret: z.string().nullish() };
const headers = { headers: z.record(z.string(), z.string()).nullish() };

/** Clients send whole resources back, with their name and null for what other types have (D68). */
const ignored = {
	name: z.unknown().optional(),
	azureServiceBusConfig: z.null().optional(),
	azureEventHubConfig: z.null().optional(),
	pubsubConfig: z.null().optional(),
	awsSqsConfig: z.null().optional(),
};

/** Of a new connector. */
export const createSchema = z.strictObject({
	...ignored,
	type: z.literal(HTTP_PUSH),
	status: statusSchema.nullish(),
	displayName,
	events,
	labels,
	httpConfig: z.strictObject({ url: z.string(), ...secret, ...headers }),
});

/** Of a change. A status is looked at where it counts: that of a whole resource may be one that nobody can set. */
export const patchSchema = z.strictObject({
	...ignored,
	type: z.literal(HTTP_PUSH).nullish(),
	status: z.string().nullish(),
	displayName,
	events,
	labels,
	httpConfig: z.strictObject({ url: z.string().nullish(), ...secret, ...headers }).nullish(),
});

/** What is absent stays. */
export interface ConnectorChange {
	readonly displayName?: string;
	readonly status?: z.output<typeof statusSchema>;
	readonly events?: readonly string[];
	readonly labels?: readonly string[];
	readonly url?: string;
	readonly signatureSecret?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** With all that a new connector has (D62). */
export type NewConnector = Required<ConnectorChange>;

const DEFAULTS = {
	displayName: '',
	status: 'ACTIVE',
	events: [],
	labels: [],
	signatureSecret: '',
	headers: {},
} as const satisfies ConnectorChange;

type Leaf = keyof ConnectorChange;

/** What the paths of a mask stand for (D67); those without leaves change nothing. */
const PATHS: Readonly<Record<string, readonly Leaf[]>> = {
	name: [],
	type: [],
	displayName: ['displayName'],
	status: ['status'],
	events: ['events'],
	labels: ['labels'],
	httpConfig: ['url', 'signatureSecret', 'headers'],
	'httpConfig.url': ['url'],
	'httpConfig.signatureSecret': ['signatureSecret'],
	'httpConfig.headers': ['headers'],
};

export function readNew(body: z.output<typeof createSchema>): NewConnector {
	return readLeaves(body, Object.values(PATHS).flat()) as NewConnector;
}

/**
 * @param mask camelCase paths with commas between them; empty: all that the body has (D66–D68)
 * @throws InputError for a path that is none, a status that nobody can set, and an address that is taken away
 */
export function readPatch(body: z.output<typeof patchSchema>, mask = ''): ConnectorChange {
	if (mask !== '') return readLeaves(body, leavesOf(mask));
	const given = leavesIn(body);
	const leaves = (Object.keys(given) as Leaf[]).filter((leaf) => given[leaf] !== undefined);
	return readLeaves(body, leaves);
}

function leavesIn(body: z.output<typeof patchSchema>): Readonly<Record<Leaf, unknown>> {
	const { displayName, status, events, labels, httpConfig } = body;
	const { url, signatureSecret, headers } = httpConfig ?? {};
	return { displayName, status, events, labels, url, signatureSecret, headers };
}

/** What is null, or masked and absent, returns to its default. */
function readLeaves(body: z.output<typeof patchSchema>, leaves: readonly Leaf[]): ConnectorChange {
	const given = leavesIn(body);
	const change: Record<string, unknown> = {};
	for (const leaf of leaves) change[leaf] = given[leaf] ?? { ...DEFAULTS, url: undefined }[leaf];
	if (leaves.includes('url') && change['url'] === undefined) throw withoutUrl();
	if (leaves.includes('status')) checkInput(z.object({ status: statusSchema }), change, 'body');
	return change;
}

function leavesOf(mask: string): readonly Leaf[] {
	return mask.split(',').flatMap((path) => {
		const leaves = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
		if (leaves) return leaves;
		const expected = `expected paths of ${Object.keys(PATHS).join(', ')}`;
		const issue = { in: 'query', path: ['updateMask'], problem: 'choice', expected } as const;
		throw new InputError([{ ...issue, given: path }]);
	});
}

function withoutUrl(): InputError {
	const issue = { in: 'body', path: ['httpConfig', 'url'], problem: 'missing' } as const;
	return new InputError([{ ...issue, expected: 'is missing', given: undefined }]);
}
