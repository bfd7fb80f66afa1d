import assert from 'node:assert/strict';
import { toReceiver } from '../../../core/settings/receiver-settings';
import type { BodySettings } from '../../../core/settings/body-settings';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import { OPEN } from '../../support/pipeline-fixtures';

const HOUR = 3_600_000;

describe('what dialogs set of bodies', () => {
	const empty: Record<string, string | boolean> = {
		maxDecompressedBytes: '',
		csvDelimiter: 'auto',
		source: ' ',
		trustedProxies: '',
		typePath: '',
		typeHeader: '',
		typeQuery: '',
		dedupeKeyPath: '',
		dedupeHeader: '',
		dedupeContent: false,
		dedupeHours: '',
		keepLatest: false,
		latestDevicePath: '',
	};

	it('is nothing where all of it is empty, as it is where a dialog knows none of it', () => {
		assert.deepEqual(toReceiver(empty as BodySettings), toReceiver({}));
		assert.deepEqual(toReceiver({}), { maxBodyBytes: 1_048_576 });
	});

	const cases: [BodySettings, object][] = [
		[{ maxDecompressedBytes: ' 2000000 ' }, { maxDecompressedBytes: 2_000_000 }],
		[{ csvDelimiter: 'tab' }, { csvDelimiter: 'tab' }],
		[{ source: ' Roof ' }, { source: 'Roof' }],
		[{ trustedProxies: '10.0.0.0/8, ::1' }, { trustedProxies: ['10.0.0.0/8', '::1'] }],
		[{ typeHeader: 'X-Event' }, { typeHeader: 'X-Event' }],
		[{ typeQuery: 'event' }, { typeQuery: 'event' }],
		[{ dedupeKeyPath: 'id' }, { dedupe: [{ keyPath: 'id', windowMs: 24 * HOUR }] }],
		[
			{ dedupeKeyPath: 'source, id', dedupeHours: '2' },
			{ dedupe: [{ keyPaths: ['source', 'id'], windowMs: 2 * HOUR }] },
		],
		[
			{ dedupeHeader: 'X-Id', dedupeContent: true, dedupeHours: 1 },
			{
				dedupe: [
					{ header: 'X-Id', windowMs: HOUR },
					{ content: true, windowMs: HOUR },
				],
			},
		],
		[{ latestDevicePath: 'd', latestTimePath: 't' }, {}],
		[
			{ keepLatest: true, latestDevicePath: ' d ', latestTimePath: 't', dropStale: true },
			{ latest: { devicePath: 'd', timePath: 't', dropStale: true } },
		],
	];
	for (const [settings, config] of cases) {
		it(`${JSON.stringify(settings)} is ${JSON.stringify(config)}`, () => {
			const receiver = toReceiver(settings);
			assert.deepEqual(receiver, { maxBodyBytes: 1_048_576, ...config });
			parseReceiverConfig({ id: 'r1', auth: OPEN, ...receiver });
		});
	}

	for (const [settings, message] of [
		[{ maxDecompressedBytes: '0' }, /options\.maxDecompressedBytes/],
		[{ csvDelimiter: ',' as 'comma' }, /options\.csvDelimiter/],
		[{ dedupeHours: '1000' }, /options\.dedupeHours/],
	] as const) {
		it(`refuses ${JSON.stringify(settings)} by the name of the dialog's field`, () =>
			assert.throws(() => toReceiver(settings, (name) => `options.${name}`), {
				code: 'ERR_CONFIG_INVALID',
				message,
			}));
	}
});
