import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { phraseText, summaryLine } from '../../../core/operate/phrase-text';
import type { HealthView } from '../../../core/health/health-view';
import { showDue, summarize, type Phrase } from '../../../core/operate/summarize';
import { anExport } from './fixtures';

const NOW = new Date(2026, 10, 29, 12, 0, 0).getTime();
const due = new Date(2026, 10, 29, 14, 5, 10).getTime();

describe('summarize: how buffers stand, never greener than they are', () => {
	const open = { openBatches: 1, openRows: 2 };
	const retrying = { openBatches: 1, openRows: 5, retryingBatches: 1, retryingRows: 5 };
	const down: HealthView = { breaker: 'open', nextProbeAt: due };
	const slowed = { breaker: 'closed', slowedUntil: due } as const;
	const fails = { breaker: 'closed', failingSince: NOW - 864e5, givesUpBy: 'pause' } as const;
	const replay = { of: 10, events: 3, rows: 1, leftOut: 2, dead: 0, unreadable: 0 };
	const stopped = { code: 'ERR_TEMPLATE_RUNTIME', message: 'no' } as const;
	const cases: [exports: Parameters<typeof anExport>[], shown: string][] = [
		[[], 'quiet: 0 waiting'],
		[[[{}]], 'quiet: 0 waiting'],
		[[[{ rows: 3 }]], 'working: 3 waiting'],
		[[[open]], 'working: 0 waiting, 2 open'],
		[[[{ ...retrying, nextAttemptAt: due }]], 'retrying: 0 waiting, 5 retry 14:05:10'],
		[[[{ ...retrying, nextAttemptAt: NOW }]], 'retrying: 0 waiting, 5 retry now'],
		[[[retrying]], 'retrying: 0 waiting, 5 retry now'],
		[
			[[{ ...retrying, retryingOldestAt: NOW - 899_999, nextAttemptAt: due }]],
			'retrying: 0 waiting, 5 retry 14:05:10',
		],
		[
			[
				[{ ...retrying, retryingOldestAt: NOW - 1_200_000, nextAttemptAt: due }],
				[{ rows: 1, oldestAt: NOW - 9_000_000 }],
				[{ ...retrying, retryingOldestAt: NOW - 900_000, deadRows: 1 }],
			],
			'dead: 1 waiting, 10 retry 14:05:10, oldest of 11:40:00, 1 dead',
		],
		[
			[[{ ...retrying, retryingOldestAt: NOW - 900_000 }]],
			'retrying: 0 waiting, 5 retry now, oldest of 11:45:00',
		],
		[
			[[{ ...retrying, retryingOldestAt: NOW - 62 * 3_600_000 }]],
			'retrying: 0 waiting, 5 retry now, oldest of 11-26 22:00',
		],
		[[[{}, { replay }]], 'working: 0 waiting, 7 to replay'],
		[
			[
				[{}, { replay }],
				[{ rows: 2 }, { replay: { ...replay, stopped } }],
			],
			'attention: replay stopped · 2 waiting, 7 to replay',
		],
		[[[{ deadRows: 1 }]], 'dead: 0 waiting, 1 dead'],
		[
			[[{ ...retrying, rows: 3, openRows: 7, nextAttemptAt: due }], [{ deadRows: 1, rows: 1 }]],
			'dead: 4 waiting, 2 open, 5 retry 14:05:10, 1 dead',
		],
		[
			[[{ ...retrying, nextAttemptAt: due + 1 }], [{ ...retrying, nextAttemptAt: due }]],
			'retrying: 0 waiting, 10 retry 14:05:10',
		],
		[[[{ rows: 1, state: 'PAUSED' }], [{}]], 'attention: paused · 1 waiting'],
		[
			[
				[{ state: 'PAUSED', droppedTotal: 9 }],
				[{ state: 'USER_DISABLED', droppedTotal: 9, droppedSinceDisabled: 4 }],
			],
			'attention: disabled, 4 dropped · 0 waiting',
		],
		[[[{ rows: 2 }, { taken: 'no' }]], 'attention: 2 kept until someone takes them · 2 waiting'],
		[[[{}, { taken: 'no' }]], 'quiet: 0 waiting'],
		[[[{}, { health: down }]], 'attention: endpoint fails, next try 14:05:10 · 0 waiting'],
		[
			[[{ ...retrying, nextAttemptAt: NOW }, { health: down }]],
			'retrying: endpoint fails, next try 14:05:10 · 0 waiting, 5 retry 14:05:10',
		],
		[
			[[{}], [{}, { health: { ...fails, givesUpAt: due } }]],
			'attention: only failures, paused 14:05:10 · 0 waiting',
		],
		[[[{}, { health: { ...fails, givesUpAt: due + 864e5 } }]], 'quiet: 0 waiting'],
		[
			[
				[
					{ state: 'PAUSED' },
					{ health: { ...down, givenUp: { at: 0, because: 'gone', action: 'pause' } } },
				],
			],
			'attention: paused · only failures, given up · 0 waiting',
		],
		[[[{ rows: 2 }, { taken: 'unknown' }]], 'working: 2 waiting'],
		[[[{ rows: 2 }, { health: slowed }]], 'working: 2 waiting, by its rate next 14:05:10'],
		[
			[[{ rows: 2, ...retrying, nextAttemptAt: due }, { health: { ...down, ...slowed } }]],
			'retrying: endpoint fails, next try 14:05:10 · 2 waiting, by its rate next 14:05:10, 5 retry 14:05:10',
		],
		[[[{}, { health: slowed }]], 'quiet: 0 waiting'],
		[[[open, { health: slowed }]], 'working: 0 waiting, by its rate next 14:05:10, 2 open'],
		[[[{ rows: 2 }, { health: { ...slowed, slowedUntil: NOW } }]], 'working: 2 waiting'],
		[[[{ rows: 2, state: 'PAUSED' }, { health: slowed }]], 'attention: paused · 2 waiting'],
	];
	for (const [exports, shown] of cases) {
		it(shown, () => {
			const summary = summarize({ at: NOW, exports: exports.map((one) => anExport(...one)) });
			assert.equal(`${summary.level}: ${summaryLine(summary, NOW)}`, shown);
		});
	}

	it('says what the store warns of before that it would vanish', () => {
		const of = (warnings: string[], ephemeral?: string) =>
			summarize({ at: 0, exports: [], store: { warnings, ...(ephemeral ? { ephemeral } : {}) } });
		assert.deepEqual(of([]).notes, []);
		assert.deepEqual(of(['gone'], 'gone').notes, [{ key: 'ephemeral' }]);
		assert.deepEqual(of(['gone', 'full'], 'gone').notes, [{ key: 'store', other: 'full' }]);
		assert.equal(of(['full']).level, 'attention');
	});

	it('says how many events had no dedupe key or type or did not fit the schema, of all receivers', () => {
		const receivers = [
			{ dedupe: 2, type: 0, schema: 5 },
			{ dedupe: 1, type: 4, schema: 1 },
		].map((pathMisses) => ({ pathMisses }));
		const { level, notes } = summarize({ at: 0, exports: [], receivers });
		assert.equal(level, 'attention');
		assert.deepEqual(notes, [
			{ key: 'unkeyed', n: 3 },
			{ key: 'untyped', n: 4 },
			{ key: 'unfitting', n: 6 },
		]);
		assert.deepEqual(summarize({ at: 0, exports: [], receivers: [] }).notes, []);
	});

	it('each phrase has its text in Node-RED, and says the same there', () => {
		const catalog = JSON.parse(
			readFileSync(path.join(__dirname, '../../../node-red/runtime/locales/en-US.json'), 'utf8'),
		) as { status: Record<string, string> };
		const phrases: Phrase[] = [
			{ key: 'store', other: 'x' },
			{ key: 'ephemeral' },
			{ key: 'failing', at: due },
			{ key: 'willPause', at: due },
			{ key: 'willDisable', at: due },
			{ key: 'gaveUp' },
			{ key: 'paused' },
			{ key: 'disabled', n: 7 },
			{ key: 'unkeyed', n: 7 },
			{ key: 'untyped', n: 7 },
			{ key: 'unfitting', n: 7 },
			{ key: 'replayStopped' },
			{ key: 'replaying', n: 7 },
			{ key: 'kept', n: 7 },
			{ key: 'waiting', n: 7 },
			{ key: 'open', n: 7 },
			{ key: 'slowed', at: due },
			{ key: 'retryingNow', n: 7 },
			{ key: 'retrying', n: 7, at: due },
			{ key: 'dead', n: 7 },
		];
		for (const phrase of phrases) {
			const text = catalog.status[phrase.key]
				?.replace('__n__', '7')
				.replace('__at__', '14:05:10')
				.replace('__other__', 'x');
			assert.equal(text, phraseText(phrase, NOW));
		}
	});
});

describe('showDue: an instant as a status shows it', () => {
	const at = new Date(2026, 10, 30, 4, 5, 6).getTime();
	const cases: [name: string, beforeMs: number, shown: string][] = [
		['soon', 5_000, '04:05:06'],
		['within a day', 23 * 3_600_000, '04:05:06'],
		['on another day', 25 * 3_600_000, '11-30 04:05'],
	];
	for (const [name, beforeMs, shown] of cases)
		it(name, () => assert.equal(showDue(at, at - beforeMs), shown));
});
