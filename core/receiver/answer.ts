import { RETRY_AFTER_MS } from '../buffer/stores/defaults';
import { CoreError, SignatureError } from '../errors';
import type { RefusalBody } from '../pure/answer-bodies';
import { ACCEPT_ENCODING } from './content-codings';
import type { Answer } from './request';

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' } as const;

const NOT_STORED = 'the event was not stored; try again later';

/**
 * What became of a push that was let in: `filtered` where no export takes such events, `duplicate` where its key was seen before,
 * `stale` where a newer one of its device came before and the receiver drops such.
 */
export type Acceptance = 'stored' | 'duplicate' | 'filtered' | 'stale';

/** An event that was let in. */
export interface AnsweredEvent {
	readonly id: string;
	readonly became: Acceptance;
}

/** Of more events the answer counts alone: whoever sends so many looks none of them up. */
const MAX_IDS = 1_000;

/**
 * 200: `{"id": …}` names the event that is stored; where nothing was stored there is none, and the answer says why.
 *
 * Of a receiver that splits bodies `{"stored": 2, "duplicates": 1, "filtered": 0, "ids": ["…", null, "…"]}`: an id or null for each
 * event in the order of the body, up to 1,000 of them; and how many were `stale`, where any was.
 */
export function acceptedAnswer(events: readonly AnsweredEvent[], isSplit: boolean): Answer {
	const [first] = events;
	const body = isSplit || !first ? countsOf(events) : bodyOf(first);
	return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

function bodyOf({ id, became }: AnsweredEvent): object {
	return became === 'stored' ? { id } : { [became]: true };
}

function countsOf(events: readonly AnsweredEvent[]): object {
	const count = (what: Acceptance) => events.filter(({ became }) => became === what).length;
	return {
		stored: count('stored'),
		duplicates: count('duplicate'),
		filtered: count('filtered'),
		...(count('stale') > 0 ? { stale: count('stale') } : {}),
		...(events.length > MAX_IDS
			? {}
			: { ids: events.map(({ id, became }) => (became === 'stored' ? id : null)) }),
	};
}

/**
 * The generic answer to a refused push: `{"error": <code>, "message": …}`. Every failed authentication looks the same to the
 * sender; which check failed is for the log alone (D28). So is why a store fails: its owner, its place, the state of a database.
 * What is not a CoreError shows nothing of itself.
 *
 * @param form `status` writes the message as O12 has it
 */
export function errorAnswer(error: unknown, form: RefusalBody = 'ours'): Answer {
	const { status, code, message, headers = {} } = refusalOf(error);
	const body = form === 'ours' ? { error: code, message } : { status: 'error', error: message };
	return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) };
}

interface Refusal {
	readonly status: number;
	readonly code: string;
	readonly message: string;
	readonly headers?: Readonly<Record<string, string>>;
}

function refusalOf(error: unknown): Refusal {
	if (!(error instanceof CoreError))
		return { status: 500, code: 'internal', message: 'the request could not be handled' };
	const { status, code } = error;
	if (status === 401) {
		const challenges = error instanceof SignatureError ? error.challenges : [];
		return {
			status,
			code: 'unauthorized',
			message: 'the request could not be authenticated',
			headers: challenges.length > 0 ? { 'www-authenticate': challenges.join(', ') } : {},
		};
	}
	const headers: Record<string, string> = {};
	if (status === 503 || status === 429) {
		headers['retry-after'] = String(
			Math.max(1, Math.ceil((error.retryAfterMs ?? RETRY_AFTER_MS) / 1000)),
		);
	}
	if (status === 405) headers['allow'] = 'POST';
	// RFC 9110, 12.5.3: what may be used instead.
	if (code === 'ERR_CONTENT_ENCODING') headers['accept-encoding'] = ACCEPT_ENCODING;
	return { status, code, message: status === 503 ? NOT_STORED : error.message, headers };
}
