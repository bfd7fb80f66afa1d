import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { VERBS } from '../../../core/operate/verbs';
import { controlRequest, type ControlSettings } from '../../../node-red/sluice-control/request';

const folder = path.join(__dirname, '../../../node-red/sluice-control');

describe('what a message to sluice-control asks for', () => {
	const cases: [name: string, settings: ControlSettings, payload: unknown, asked: object][] = [
		[
			'all from the node',
			{ verb: 'pause', buffer: 'r/a' },
			1_700_000,
			{ verb: 'pause', exportId: 'r/a' },
		],
		[
			'all from the message',
			{},
			{ verb: 'peek', buffer: 'r/a', limit: 3 },
			{ verb: 'peek', exportId: 'r/a', limit: 3 },
		],
		[
			'the node before the message',
			{ verb: 'pause', buffer: 'r/a' },
			{ verb: 'purge', buffer: 'r/b' },
			{ verb: 'pause', exportId: 'r/a' },
		],
		[
			'no buffer where none is taken',
			{ verb: 'snapshot', buffer: 'r/a' },
			'',
			{ verb: 'snapshot' },
		],
		[
			'a dead letter by its own id',
			{ verb: 'replay', buffer: 'r/a' },
			{ batchId: '7' },
			{ verb: 'replay', batchId: '7' },
		],
		[
			'a receiver by one of its buffers',
			{ verb: 'requests', buffer: 'r/a' },
			{ limit: 3 },
			{ verb: 'requests', receiverId: 'r', limit: 3 },
		],
		[
			'a receiver that the message names',
			{ verb: 'renewUrlSecret', buffer: 'r/a' },
			{ receiver: 'other' },
			{ verb: 'renewUrlSecret', receiverId: 'other' },
		],
		[
			'a time as text',
			{ verb: 'replay', buffer: 'r/a' },
			{ since: '2026-01-31T12:00:00Z' },
			{ verb: 'replay', exportId: 'r/a', since: Date.UTC(2026, 0, 31, 12) },
		],
		[
			'a confirmation where rows can go',
			{ verb: 'disable', buffer: 'r/a', confirm: 'all' },
			[],
			{ verb: 'disable', exportId: 'r/a', confirm: 'all' },
		],
		[
			'the confirmation of the message first',
			{ verb: 'disable', buffer: 'r/a', confirm: 'all' },
			{ confirm: 5 },
			{ verb: 'disable', exportId: 'r/a', confirm: 5 },
		],
		[
			'none where nothing can go',
			{ verb: 'pause', buffer: 'r/a', confirm: 'all' },
			null,
			{ verb: 'pause', exportId: 'r/a' },
		],
	];
	for (const [name, settings, payload, asked] of cases) {
		it(name, () => {
			const { verb, arguments: given } = controlRequest(settings, { payload });
			assert.deepEqual({ verb, ...given }, asked);
		});
	}

	it('is refused where the verb or the time is none', () => {
		for (const [payload, place] of [
			[{ verb: 'explode' }, /^verb/],
			[7, /^verb/],
			[{ verb: 'replay', since: 'yesterday' }, /^since/],
		] as const)
			assert.throws(
				() => controlRequest({}, { payload }),
				(error: Error & { code: string }) => {
					assert.equal(error.code, 'ERR_CONFIG_INVALID');
					assert.match(error.message, place);
					return true;
				},
			);
	});

	it('the dialog offers each verb of core, in their order, with a text and a line of help', () => {
		const html = readFileSync(path.join(folder, 'sluice-control.html'), 'utf8');
		const offered = [...html.matchAll(/data-i18n="sluice-control\.verb\.(\w+)"/g)].map(
			([, key]) => key,
		);
		assert.deepEqual(offered, ['message', ...VERBS]);
		const texts = JSON.parse(
			readFileSync(path.join(folder, 'locales/en-US/sluice-control.json'), 'utf8'),
		) as { 'sluice-control': { verb: object } };
		assert.deepEqual(Object.keys(texts['sluice-control'].verb), ['message', ...VERBS]);
		const help = readFileSync(path.join(folder, 'locales/en-US/sluice-control.html'), 'utf8');
		for (const verb of VERBS) assert.ok(help.includes(`<code>${verb}</code>`), verb);
	});
});
