/** Accounts, credentials and entries of the audit log as our API shows them: without anything that lets in, instants as ISO 8601. */
import * as z from 'zod/v4';
import type { ShownAuditEntry } from '../access/audit';
import { secretsAt } from '../access/credential-secret';
import { grantsSchema, limitsSchema, type Account, type Credential } from '../access/documents';

const instant = z.iso.datetime();

export const shownAccount = z.object({
	id: z.string(),
	label: z.string(),
	grants: grantsSchema,
	allowsBasic: z.boolean(),
	createdAt: instant,
});

export const shownCredential = z.object({
	id: z.string(),
	account: z.string(),
	kind: z.enum(['token', 'key']),
	label: z.string(),
	/** `hashed`: nobody can show it again; `sealed`: it can be revealed. */
	keeps: z.enum(['hashed', 'sealed']),
	grants: grantsSchema.optional(),
	limits: limitsSchema,
	createdAt: instant,
	rotatedAt: instant.optional(),
	expiresAt: instant.optional(),
	/** Until when the secret before the current one lets in. */
	formerUntil: instant.optional(),
	/** When it let somebody in last, to the minute. */
	lastUsedAt: instant.optional(),
});

export const madeCredential = z.object({ credential: shownCredential, secret: z.string() });

export const shownEntry = z.object({
	id: z.string(),
	at: instant,
	operation: z.string(),
	by: z.object({ kind: z.string(), id: z.string(), account: z.string(), label: z.string() }),
	project: z.string(),
	target: z.record(z.string(), z.string()),
	from: z.string(),
	outcome: z.enum(['begun', 'done', 'failed']),
	code: z.string().optional(),
});

export function showAccount({ id, label, grants, allowsBasic, createdAt }: Account) {
	return { id, label, grants, allowsBasic, createdAt: iso(createdAt) };
}

export function showCredential(credential: Credential, now: number, lastUsedAt?: number) {
	const { id, account, kind, label, grants, limits, secrets, createdAt } = credential;
	const { rotatedAt, expiresAt } = credential;
	const former = secretsAt(credential, now).find(({ until }) => until !== undefined);
	return {
		id,
		account,
		kind,
		label,
		keeps: secrets[0]?.kept.kind ?? 'hashed',
		limits,
		createdAt: iso(createdAt),
		...(grants ? { grants } : {}),
		...(rotatedAt === undefined ? {} : { rotatedAt: iso(rotatedAt) }),
		...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }),
		...(former?.until === undefined ? {} : { formerUntil: iso(former.until) }),
		...(lastUsedAt === undefined ? {} : { lastUsedAt: iso(lastUsedAt) }),
	};
}

export function showEntry({ format: _, at, ...entry }: ShownAuditEntry) {
	return { ...entry, target: { ...entry.target }, at: iso(at) };
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
