import { parseArgs } from 'node:util';
import type { InspectOptions, OperationCall } from '../../core/index';
import { parsePlace } from '../place';
import { UsageError } from '../usage-error';

export interface AdminCommand {
	readonly verb: 'admin';
	readonly store: InspectOptions;
	/** As it was typed. */
	readonly word: AdminWord;
	readonly call: OperationCall;
	/** A credential of the account that `call` makes. */
	readonly thenAdd?: Readonly<Record<string, unknown>>;
	readonly json: boolean;
}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const MANY = { type: 'string', multiple: true } as const;
const COMMON = { schema: TEXT, json: FLAG } as const;
const CREDENTIAL = {
	label: TEXT,
	grant: MANY,
	receiver: MANY,
	export: MANY,
	table: MANY,
	days: TEXT,
	sealed: FLAG,
} as const;
const OPTIONS = {
	accounts: COMMON,
	add: { ...COMMON, label: TEXT, grant: MANY, basic: FLAG, key: FLAG, days: TEXT },
	change: { ...COMMON, account: TEXT, label: TEXT, grant: MANY },
	remove: { ...COMMON, account: TEXT },
	credentials: { ...COMMON, account: TEXT },
	token: { ...COMMON, account: TEXT, ...CREDENTIAL },
	key: { ...COMMON, account: TEXT, label: TEXT, days: TEXT },
	rotate: { ...COMMON, credential: TEXT, 'former-hours': TEXT },
	reveal: { ...COMMON, credential: TEXT },
	revoke: { ...COMMON, credential: TEXT },
	audit: { ...COMMON, limit: TEXT, project: TEXT, about: TEXT },
	'seal-again': COMMON,
} as const;
const ALL = {
	...OPTIONS.add,
	...OPTIONS.token,
	...OPTIONS.rotate,
	...OPTIONS.audit,
} as const;

export type AdminWord = keyof typeof OPTIONS;
export const ADMIN_WORDS = Object.keys(OPTIONS) as readonly AdminWord[];

interface Given {
	readonly [option: string]: string | boolean | string[] | undefined;
	readonly account?: string;
	readonly credential?: string;
	readonly label?: string;
	readonly grant?: string[];
	readonly days?: string;
	readonly project?: string;
	readonly about?: string;
}

/** @param args behind the word `admin` @param now milliseconds since the Unix epoch @throws UsageError */
export function parseAdmin(args: readonly string[], now = Date.now()): AdminCommand {
	const { values, positionals } = parse(args);
	const [word = '', place, ...rest] = positionals;
	if (!isWord(word)) {
		throw new UsageError(`after "admin" comes one of ${ADMIN_WORDS.join(', ')}`);
	}
	if (!place || rest.length > 0) {
		throw new UsageError(`${word} needs one store: a directory or a PostgreSQL connection string`);
	}
	for (const name of Object.keys(values)) {
		if (!(name in OPTIONS[word])) throw new UsageError(`${word} has no option --${name}`);
	}
	const { schema, json = false } = values;
	const store = parsePlace(place, schema);
	return { verb: 'admin', store, word, json, ...toCall(word, values, now) };
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({ args: [...args], options: ALL, allowPositionals: true });
	} catch (error) {
		// Node's text repeats the argument, never another one.
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

function isWord(word: string): word is AdminWord {
	return Object.hasOwn(OPTIONS, word);
}

/** What core checks is left to it. */
function toCall(word: AdminWord, o: Given, now: number): Pick<AdminCommand, 'call' | 'thenAdd'> {
	switch (word) {
		case 'accounts':
			return { call: { operation: 'listAccounts' } };
		case 'add': {
			const label = needed(word, 'label', o.label);
			const grants = grantsOf(o.grant) ?? [];
			if (grants.length === 0) throw new UsageError('add needs --grant <project>=<role>');
			const body = { label, grants, ...(o['basic'] ? { allowsBasic: true } : {}) };
			const kind = o['key'] ? 'key' : 'token';
			return {
				call: { operation: 'addAccount', body },
				thenAdd: { kind, label, ...expiryOf(o.days, now) },
			};
		}
		case 'change': {
			const grants = grantsOf(o.grant);
			const body = { ...(o.label ? { label: o.label } : {}), ...(grants ? { grants } : {}) };
			return { call: { operation: 'changeAccount', path: accountOf(word, o), body } };
		}
		case 'remove':
			return { call: { operation: 'removeAccount', path: accountOf(word, o) } };
		case 'credentials':
			return { call: { operation: 'listCredentials', query: onlyGiven({ account: o.account }) } };
		case 'token':
		case 'key':
			return {
				call: {
					operation: 'addCredential',
					path: accountOf(word, o),
					body: credentialOf(word, o, now),
				},
			};
		case 'rotate': {
			const hours = numberOf('former-hours', o['former-hours']);
			const body = hours === undefined ? {} : { formerSeconds: hours * 3_600 };
			return { call: { operation: 'rotateCredential', path: credentialIn(word, o), body } };
		}
		case 'reveal':
			return { call: { operation: 'revealCredential', path: credentialIn(word, o) } };
		case 'revoke':
			return { call: { operation: 'revokeCredential', path: credentialIn(word, o) } };
		case 'audit': {
			const limit = numberOf('limit', o['limit']);
			const query = onlyGiven({
				limit: limit === undefined ? limit : String(limit),
				project: o.project,
				about: o.about,
			});
			return { call: { operation: 'listAudit', query } };
		}
		case 'seal-again':
			return { call: { operation: 'sealSecretsAgain' } };
	}
}

function credentialOf(kind: 'token' | 'key', o: Given, now: number) {
	const grants = grantsOf(o.grant);
	const lists = onlyGiven({ receivers: o['receiver'], exports: o['export'], tables: o['table'] });
	return {
		kind,
		label: needed(kind, 'label', o.label),
		...(grants ? { grants } : {}),
		...(Object.keys(lists).length > 0 ? { limits: lists } : {}),
		...(o['sealed'] ? { keeps: 'sealed' } : {}),
		...expiryOf(o.days, now),
	};
}

function grantsOf(given: readonly string[] | undefined) {
	return given?.map((text) => {
		const at = text.lastIndexOf('=');
		if (at < 1) throw new UsageError('--grant is <project>=<role>, such as "*=view"');
		return { project: text.slice(0, at), role: text.slice(at + 1) };
	});
}

function expiryOf(days: string | undefined, now: number): { expiresAt?: string } {
	const count = numberOf('days', days);
	if (count === undefined) return {};
	if (count < 1 || count > 36_500) throw new UsageError('--days is 1 to 36500');
	return { expiresAt: new Date(now + count * 86_400_000).toISOString() };
}

function accountOf(word: string, { account }: Given): { account: string } {
	return { account: needed(word, 'account', account) };
}

function credentialIn(word: string, { credential }: Given): { credential: string } {
	return { credential: needed(word, 'credential', credential) };
}

function needed(word: string, option: string, value: string | undefined): string {
	if (value) return value;
	throw new UsageError(`${word} needs --${option}`);
}

function numberOf(name: string, text: unknown): number | undefined {
	if (text === undefined) return undefined;
	if (typeof text === 'string' && /^\d{1,6}$/.test(text)) return Number(text);
	throw new UsageError(`--${name} is a whole number`);
}

function onlyGiven<Value>(
	values: Readonly<Record<string, Value>>,
): Record<string, NonNullable<Value>> {
	return Object.fromEntries(
		Object.entries(values).filter(([, value]) => value !== undefined),
	) as Record<string, NonNullable<Value>>;
}
