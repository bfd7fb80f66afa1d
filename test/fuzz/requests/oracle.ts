import assert from 'node:assert/strict';
import path from 'node:path';
import { decodeEvent } from '../../../core/event/codec';
import type { FuzzConnection } from './connections';
import type { Exchanged } from './exchange';
import { SECRET } from './places';
import { readAnswers, wholeAnswers, type ReadAnswer } from './read-answers';

/** A connection, and what came of it. */
export interface Observed {
	readonly connection: FuzzConnection;
	readonly mark: string;
	readonly exchanged: Exchanged;
}

/** An event that lies in the store, by its row. */
export interface StoredEvent {
	readonly id: string;
	readonly receiverId: string;
	/** Of its connection; absent where that was lost on the way. */
	readonly mark: string | undefined;
}

export function storedEvent(payload: Uint8Array): StoredEvent {
	const { id, receiverId = '', headers } = decodeEvent(payload);
	return { id, receiverId, mark: headers['x-mark']?.[0] };
}

const ROOT = path.join(__dirname, '..', '..', '..');
const REFUSALS = [400, 401, 403, 404, 405, 408, 413, 415, 417, 429, 431, 503];

/** Whether a host has answered by itself, before anything of ours was asked: what it says there is its own. */
export type IsHosts = (answer: ReadAnswer) => boolean;

const NONE: IsHosts = () => false;

/** Each answer is whole, of its type and tells nothing. @returns all of them */
function checkAnswers({ exchanged, connection }: Observed, isHosts: IsHosts = NONE): ReadAnswer[] {
	assert.ok(!exchanged.hangs, `no end: ${JSON.stringify(exchanged.received.slice(0, 300))}`);
	if (exchanged.isBroken) return wholeAnswers(exchanged.received);
	const answers = readAnswers(exchanged.received);
	assert.ok(answers.length > 0, `an answer at least, not ${exchanged.received}`);
	assert.ok(answers.length <= connection.requests.length + 1, 'an answer for each request');
	for (const answer of answers) if (!isHosts(answer)) checkAnswer(answer);
	return answers;
}

function checkAnswer({ status, headers, body }: ReadAnswer): void {
	const shown = JSON.stringify({ headers, body });
	for (const text of [SECRET, '    at ', ROOT, 'node_modules'])
		assert.ok(!shown.includes(text), `an answer has ${text}`);
	assert.ok(REFUSALS.includes(status) || (status >= 200 && status < 300), `status ${status}`);
	const type = headers['content-type'] ?? '';
	if (type.startsWith('application/json')) assert.equal(typeof JSON.parse(body), 'object');
	else if (body !== '') assert.match(type, /^text\/plain/, body);
	if (status === 503 || status === 429) assert.ok(Number(headers['retry-after']) > 0);
}

/** Of a receiver whose answers name no events: how many of them say that one was stored. */
const NAMELESS = 'quiet';

/** Checks what was answered with 2xx against what is stored, of one server. */
export class Books {
	readonly #isHosts: IsHosts;
	/** Of connections that may have lost an answer: what they sent may be stored later, and nobody was told. */
	readonly #broken = new Set<string>();
	readonly #marks = new Set<string>();

	constructor(isHosts: IsHosts = NONE) {
		this.#isHosts = isHosts;
	}

	/**
	 * What was answered with 2xx is stored, and what is stored was answered so, unless its sender was gone.
	 *
	 * @param stored since the last time
	 */
	check(observed: readonly Observed[], stored: readonly StoredEvent[]): void {
		const named = new Set<string>();
		const unnamed = new Set<string>();
		for (const one of observed) {
			this.#marks.add(one.mark);
			if (one.exchanged.mayLose) this.#broken.add(one.mark);
			const answers = checkAnswers(one, this.#isHosts);
			for (const id of answers.flatMap(idsOf)) named.add(id);
			if (has204(answers)) unnamed.add(one.mark);
		}
		const ids = new Set(stored.map(({ id }) => id));
		assert.equal(ids.size, stored.length, 'each once');
		for (const id of named) assert.ok(ids.has(id), `${id} was answered with 2xx and is not stored`);
		for (const { id, receiverId, mark = '' } of stored) {
			if (named.has(id) || this.#broken.has(mark)) continue;
			const isNameless = receiverId.endsWith(NAMELESS);
			// Noise may have hit the mark.
			const isLost = !this.#marks.has(mark) && (isNameless || this.#broken.size > 0);
			const isAnswered = isLost || (isNameless && unnamed.has(mark));
			assert.ok(isAnswered, `${id} of ${receiverId} is stored, and was not answered so`);
		}
	}
}

function has204(answers: readonly ReadAnswer[]): boolean {
	return answers.some(({ status }) => status === 204);
}

function idsOf({ status, body }: ReadAnswer): string[] {
	if (status !== 200 || !body.startsWith('{')) return [];
	const { id, ids, stored } = JSON.parse(body) as {
		readonly id?: string;
		readonly ids?: readonly (string | null)[];
		readonly stored?: number;
	};
	const found = [id, ...(ids ?? [])].filter((one) => typeof one === 'string');
	if (stored !== undefined) assert.equal(found.length, stored, 'as many ids as were stored');
	return found;
}
