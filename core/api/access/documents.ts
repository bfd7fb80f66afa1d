/**
 * Accounts and credentials as documents of the store. Each is a document of its own: whoever is let in costs two look-ups, and a change
 * counts at once, in every process.
 *
 * 1. Nothing here opens anything by itself: a token is kept as a digest; the secret of a key, by which requests are signed, is sealed.
 * 2. A credential counts while its account is there. An account goes first and its credentials behind it, so that a kill between the two
 *    leaves none that lets in.
 * 3. Ids never come again.
 */
import * as z from 'zod/v4';
import { BufferError } from '../../errors';
import { HEALTH } from '../../pure/bounds';
import { isStorable } from '../../pure/storable';
import { SCOPES } from './roles';

export const ACCESS_COLLECTIONS = {
	accounts: 'access.accounts',
	credentials: 'access.credentials',
	audit: 'access.audit',
	uses: 'access.uses',
} as const;

/** Of the shapes below; a release that changes them raises it. */
export const ACCESS_FORMAT = 1;

export const ACCESS_BOUNDS = {
	accounts: 1_000,
	credentialsOfAccount: 100,
	labelLength: 200,
	grants: 100,
	/** Of each list of limits. */
	limits: 100,
	idLength: 500,
	/** How long a former secret may still let in: 30 days. */
	formerMs: { max: 30 * 86_400_000, fallback: 86_400_000 },
} as const;

const text = (maxLength: number) =>
	z.string().min(1).max(maxLength).refine(isStorable, 'expected no control characters');
const ids = z.array(text(ACCESS_BOUNDS.idLength)).max(ACCESS_BOUNDS.limits);
const within = ({ min, max }: { readonly min: number; readonly max: number }) =>
	z.int().min(min).max(max).optional();

export const labelSchema = text(ACCESS_BOUNDS.labelLength);
export const grantsSchema = z
	.array(z.strictObject({ project: text(ACCESS_BOUNDS.idLength), role: z.enum(SCOPES) }))
	.max(ACCESS_BOUNDS.grants)
	.refine(
		(grants) => new Set(grants.map(({ project }) => project)).size === grants.length,
		'expected one role in each project',
	);
export const limitsSchema = z.strictObject({
	receivers: ids.optional(),
	exports: ids.optional(),
	tables: ids.optional(),
	rate: z
		.strictObject({
			perSecond: within(HEALTH.perSecond),
			perMinute: within(HEALTH.perMinute),
			burst: within(HEALTH.burst),
		})
		.refine(
			({ perSecond, perMinute }) => perSecond !== undefined || perMinute !== undefined,
			'expected perSecond, perMinute or both',
		)
		.optional(),
});

const accountSchema = z.object({
	format: z.literal(ACCESS_FORMAT),
	id: z.string(),
	label: labelSchema,
	grants: grantsSchema,
	/** Whether its keys let in by Basic (D82). */
	allowsBasic: z.boolean(),
	/** Instants are milliseconds since the Unix epoch. */
	createdAt: z.int(),
});

const keptSecretSchema = z.object({
	/** Its place, for what is sealed. */
	id: z.string(),
	kept: z.discriminatedUnion('kind', [
		z.object({ kind: z.literal('hashed'), salt: z.string(), digest: z.string() }),
		z.object({ kind: z.literal('sealed'), sealed: z.string() }),
	]),
	/** A former one lets in until then. */
	until: z.int().optional(),
});

const credentialSchema = z.object({
	format: z.literal(ACCESS_FORMAT),
	id: z.string(),
	account: z.string(),
	/** `token`: shown as it is; `key`: shown by Basic, or signs assertions (D83). */
	kind: z.enum(['token', 'key']),
	label: labelSchema,
	/** Absent: those of the account. */
	grants: grantsSchema.optional(),
	limits: limitsSchema,
	/** The current one first. */
	secrets: z.array(keptSecretSchema).min(1).max(2),
	createdAt: z.int(),
	/** When its current secret was made. */
	rotatedAt: z.int().optional(),
	expiresAt: z.int().optional(),
});

export type Account = z.output<typeof accountSchema>;
export type Credential = z.output<typeof credentialSchema>;
export type KeptSecret = z.output<typeof keptSecretSchema>;

/** @throws as parseCredential */
export function parseAccount(id: string, value: unknown): Account {
	return parse(accountSchema, 'account', id, value);
}

/** @throws BufferError ERR_STORE_VERSION for one that a newer release has written; ERR_STORE_CORRUPT for what is none: it lets nobody in */
export function parseCredential(id: string, value: unknown): Credential {
	return parse(credentialSchema, 'credential', id, value);
}

function parse<Schema extends z.ZodType<{ id: string }>>(
	schema: Schema,
	what: string,
	id: string,
	value: unknown,
): z.output<Schema> {
	const { format } = (value ?? {}) as { format?: unknown };
	if (typeof format === 'number' && format > ACCESS_FORMAT) {
		throw new BufferError(
			'ERR_STORE_VERSION',
			`the ${what} "${id}" has format ${format}, this release reads ${ACCESS_FORMAT}: update Sluice here`,
			{ details: { id, format, newest: ACCESS_FORMAT } },
		);
	}
	const found = schema.safeParse(value);
	if (found.success && found.data.id === id) return found.data;
	throw new BufferError('ERR_STORE_CORRUPT', `the ${what} "${id}" is none; remove it`, {
		details: { id },
	});
}
