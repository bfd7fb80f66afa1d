import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EndpointAnswer, Failure } from '../../core/buffer/store';
import { someError } from './store-fixtures';

/** Why a batch of the model failed last; store time. */
export interface ModelFailure {
	readonly at: number;
	readonly answer: EndpointAnswer | undefined;
}

/** Nothing, a status alone, a text that is shown whole, and one of which only a dead letter keeps all. */
export const someAnswer: fc.Arbitrary<EndpointAnswer | undefined> = fc.option(
	fc.record(
		{
			status: fc.constantFrom(400, 503),
			text: fc.nat({ max: 900 }).map((length) => `no ${'é'.repeat(length)}`),
		},
		{ requiredKeys: ['status'] },
	),
	{ nil: undefined },
);

/** What a dead letter's answer adds to what counts for the quota. */
export function answerBytesOf(failure: ModelFailure | undefined): number {
	return Buffer.byteLength(failure?.answer?.text ?? '');
}

/** One of the newest: which of those of one instant is left to the store. */
export function checkNewest(
	shown: Failure | undefined,
	failures: readonly ModelFailure[],
	toWall: (at: number) => number,
): void {
	const newestAt = Math.max(...failures.map(({ at }) => at));
	const newest = failures.filter(({ at }) => at === newestAt);
	if (shown === undefined || newest.length === 0) return assert.equal(shown, newest[0]);
	const answers = newest.map(({ answer }) => toText(answer, 500));
	assert.ok(answers.includes(toText(shown.answer)), 'the newest failure is the last (I10)');
	checkError(shown, toWall(newestAt));
}

/** A dead letter says all that was kept. */
export function checkDeadFailure(
	shown: Failure,
	failure: ModelFailure | undefined,
	toWall: (at: number) => number,
): void {
	assert.ok(failure);
	assert.equal(toText(shown.answer), toText(failure.answer));
	checkError(shown, toWall(failure.at));
}

function checkError({ at, code, message }: Failure, expectedAt: number): void {
	assert.deepEqual([at, code, message], [expectedAt, someError.code, someError.message]);
}

function toText(answer: EndpointAnswer | Failure['answer'], max = 1_000): string {
	const { status, text = '' } = answer ?? {};
	const shown = text.length <= max ? text : `${text.slice(0, max - 1)}…`;
	return `${status} ${shown}`;
}
