import assert from 'node:assert/strict';
import { redactUrl } from '../../../core/pure/redact-url';

describe('redactUrl', () => {
	for (const url of [
		'https://example.com',
		'http://127.0.0.1:1880/',
		'https://api.example.com/v1/devices/temperature-sensors/',
		'https://example.com/a?b=&c=',
		'https://[::1]:8443/x',
	]) {
		it(`shows all of ${url}`, () => assert.equal(redactUrl(url), url));
	}

	for (const [url, shown] of [
		['https://u:hunter2@example.com/a', 'https://***@example.com/a'],
		['https://u@hunter2@example.com/a', 'https://***@example.com/a'],
		['https://example.com/a?token=hunter2&b=hunter2', 'https://example.com/a?token=***&b=***'],
		['https://example.com?hunter2', 'https://example.com?***'],
		['https://example.com/?T0kenhunter2=1', 'https://example.com/?***=***'],
		['https://example.com/a#hunter2', 'https://example.com/a#***'],
		[
			'https://hooks.example.com/services/T00/B00/hunter2XyZ',
			'https://hooks.example.com/services/T00/B00/***',
		],
		['https://example.com/hunter-2', 'https://example.com/***'],
		[`https://example.com/${'hunter'.repeat(6)}`, 'https://example.com/***'],
		['https://example.com/%68unter2', 'https://example.com/***'],
		['HTTPS://u:hunter2@example.com\\@/', 'HTTPS://***@/'],
		['hunter2', '***'],
		['', '***'],
		['mailto:hunter2', '***'],
		['https://example.com/a\n?hunter2', 'https://example.com/a\n?***'],
	] as const) {
		it(`shows of ${JSON.stringify(url)} ${JSON.stringify(shown)}`, () =>
			assert.equal(redactUrl(url), shown));
	}
});
