/** Answers about access, for a person. */
import type { AdminWord } from './command';

interface Grant {
	readonly project: string;
	readonly role: string;
}

interface Credential {
	readonly id: string;
	readonly account: string;
	readonly kind: string;
	readonly label: string;
	readonly keeps: string;
	readonly grants?: readonly Grant[];
	readonly limits: Readonly<Record<string, unknown>>;
	readonly expiresAt?: string;
	readonly formerUntil?: string;
	readonly lastUsedAt?: string;
}

interface Account {
	readonly id: string;
	readonly label: string;
	readonly grants: readonly Grant[];
	readonly allowsBasic: boolean;
}

interface Sealed {
	readonly definitions: number;
	readonly credentials: number;
	readonly unreadable: readonly string[];
}

interface Entry {
	readonly at: string;
	readonly operation: string;
	readonly by: { readonly kind: string; readonly label: string };
	readonly project: string;
	readonly target: Readonly<Record<string, string>>;
	readonly from: string;
	readonly outcome: string;
	readonly code?: string;
}

/** @param json of a status below 400 */
export function showAdmin(word: AdminWord, json: unknown): string {
	switch (word) {
		case 'accounts': {
			const { accounts, unreadable } = json as { accounts: Account[]; unreadable: string[] };
			return lines([...accounts.map(account), ...unreadable.map(bad)], 'no accounts');
		}
		case 'add':
		case 'token':
		case 'key':
		case 'rotate':
			return made(json as { credential: Credential; secret: string });
		case 'change':
			return lines([account(json as Account)], '');
		case 'credentials': {
			const shown = json as { credentials: Credential[]; unreadable: string[] };
			return lines([...shown.credentials.map(credential), ...shown.unreadable.map(bad)], 'none');
		}
		case 'reveal':
			return `${(json as { secret: string }).secret}\n`;
		case 'remove':
		case 'revoke':
			return 'done\n';
		case 'seal-again': {
			const { definitions, credentials, unreadable } = json as Sealed;
			const done = `${definitions} definitions and ${credentials} credentials were sealed again`;
			return lines([done, ...unreadable.map((one) => `${one}  cannot be opened`)], '');
		}
		case 'audit':
			return lines((json as { entries: Entry[] }).entries.map(entry), 'no entries');
	}
}

function made({ credential: one, secret }: { credential: Credential; secret: string }): string {
	const once = one.keeps === 'hashed' ? 'shown this once' : 'can be revealed';
	return `${credential(one)}\n${one.kind} (${once}):\n${secret}\n`;
}

function account({ id, label, grants, allowsBasic }: Account): string {
	return `account ${id}  ${label}  ${grantsText(grants)}${allowsBasic ? '  basic' : ''}`;
}

function credential(one: Credential): string {
	const { id, kind, label, grants, limits, expiresAt, formerUntil, lastUsedAt } = one;
	return [
		`${kind} ${id}  ${label}  of account ${one.account}`,
		...(grants ? [grantsText(grants)] : []),
		...(Object.keys(limits).length > 0 ? [`only ${JSON.stringify(limits)}`] : []),
		...(lastUsedAt === undefined ? [] : [`last used ${lastUsedAt}`]),
		...(expiresAt === undefined ? [] : [`expires ${expiresAt}`]),
		...(formerUntil === undefined ? [] : [`the former secret lets in until ${formerUntil}`]),
	].join('  ');
}

function entry({ at, operation, by, project, target, from, outcome, code }: Entry): string {
	const what = Object.entries(target).map(([name, value]) => `${name} ${value}`);
	const who = `${by.kind} ${by.label} from ${from}`;
	return [at, outcome, operation, ...what, `in ${project}`, `by ${who}`, code ?? '']
		.join('  ')
		.trimEnd();
}

function grantsText(grants: readonly Grant[]): string {
	return grants.map(({ project, role }) => `${project}=${role}`).join(' ');
}

function bad(id: string): string {
	return `${id}  cannot be read, and lets nobody in: remove it`;
}

function lines(all: readonly string[], none: string): string {
	return `${all.length === 0 ? none : all.join('\n')}\n`;
}
