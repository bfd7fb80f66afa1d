import assert from 'node:assert/strict';
import { outcomeOf } from '../../../core/sink/http/answer';
import { compileStatusRules, type StatusRules } from '../../../core/sink/http/status-rules';

describe('which answers come again', () => {
	const cases: [rules: StatusRules, fates: Record<number, 'taken' | 'again' | 'final'>][] = [
		[
			{},
			{
				200: 'taken',
				299: 'taken',
				300: 'final',
				404: 'final',
				410: 'final',
				500: 'again',
				599: 'again',
			},
		],
		[{}, { 408: 'again', 421: 'again', 425: 'again', 429: 'again', 600: 'again', 999: 'again' }],
		[
			{ retryAllStatuses: true },
			{ 204: 'taken', 301: 'again', 400: 'again', 410: 'again', 503: 'again' },
		],
		[{ retryOn: [404, '3xx'] }, { 404: 'again', 405: 'final', 302: 'again' }],
		[{ finalOn: [501, '4xx'] }, { 501: 'final', 502: 'again', 429: 'final', 200: 'taken' }],
		[
			{ retryOn: ['4xx'], finalOn: [422] },
			{ 400: 'again', 422: 'final' },
		],
		[
			{ retryAllStatuses: true, finalOn: [413] },
			{ 412: 'again', 413: 'final' },
		],
	];
	for (const [rules, fates] of cases) {
		it(`${JSON.stringify(rules)} ${Object.keys(fates).join(' ')}`, () => {
			const fateOf = compileStatusRules(rules);
			assert.deepEqual(
				Object.fromEntries(Object.keys(fates).map((one) => [one, fateOf(Number(one))])),
				fates,
			);
		});
	}

	it('are told from faults of the endpoint by their code, whatever becomes of them', () => {
		const codeOf = (status: number, rules: StatusRules) => {
			const outcome = outcomeOf(
				{ status, headers: {} },
				{ rules: compileStatusRules(rules), now: 0 },
			);
			return 'error' in outcome ? [outcome.kind, outcome.error.code, outcome.error.retryable] : [];
		};
		assert.deepEqual(codeOf(404, { retryOn: [404] }), ['retry', 'ERR_SINK_REJECTED', true]);
		assert.deepEqual(codeOf(503, { finalOn: [503] }), ['dead', 'ERR_SINK_REJECTED', false]);
		assert.deepEqual(codeOf(503, {}), ['retry', 'ERR_SINK_UNAVAILABLE', true]);
	});
});
