/**
 * What reads texts of senders whom nobody has let in yet, or shows them, takes time in proportion to their length: 16 KiB of headers that are
 * looked at again from each of their letters would hold up a host for as long as a thousand events do. This much would take minutes then,
 * and run into mocha's time limit.
 */
import assert from 'node:assert/strict';
import { clientIp } from '../../core/event/client-ip';
import { parseContentType } from '../../core/event/content-type';
import { blockList } from '../../core/event/networks';
import { normalizePath } from '../../core/event/path-spelling';
import { redactUrl } from '../../core/pure/redact-url';
import { requestPath, requestQuery } from '../../core/receiver/listener/target';
import { redactHeaders } from '../../core/receiver/redact-headers';
import { repeatsSecret } from '../../core/receiver/without-secrets';
import { findSignatures } from '../../core/signature/hmac/signature-header';
import { schemeOf } from '../../core/signature/schemes/index';

const LENGTH = 400_000;
const UNITS = [
	...['a', ' ', '\t', ',', ';', '=', '"', '%', '%41', '/', '?', '&', '.', '-', ':', '@', '+'],
	...[
		'eyJ-',
		'eyJa.',
		'/a',
		'?a',
		'?=',
		'a=b;',
		';a="',
		'\\"',
		'; charset=',
		'v1=a, ',
		'1.2.3.4, ',
	],
	...['[::1]:1,', 'http://', 'a:', '../', '%2e%2e', 'bearer ', 'basic '],
];
/** What has to be there before a reader looks at the rest. */
const LEADS = ['', 'text/plain; charset="', 'Bearer ', 'Basic ', 'http://', 'v1=', 'eyJ'];

const bearer = { kind: 'bearer', secrets: ['x'.repeat(20)] } as const;
const basic = { kind: 'basic', secrets: ['user:x23456789012'] } as const;
const proxies = blockList(['0.0.0.0/0', '::/0']);
const form = { header: 'x', layout: 'list', prefix: 'v1=', encoding: 'hex' } as const;
const authorize = (way: typeof bearer | typeof basic, text: string) =>
	schemeOf(way).verify(
		{ method: 'POST', headers: { authorization: [text] }, body: new Uint8Array(), now: 0 } as never,
		way as never,
	);

const READERS: Record<string, (text: string) => unknown> = {
	parseContentType,
	normalizePath,
	redactUrl,
	requestPath: (url) => requestPath({ url }),
	requestQuery: (url) => requestQuery({ url }),
	repeatsSecret: (text) => repeatsSecret(text, 'secret'),
	clientIp: (text) =>
		clientIp({ remoteAddress: '10.0.0.1', headers: { 'x-forwarded-for': text } }, proxies),
	redactHeaders: (text) => redactHeaders({ 'x-any': text }, { headers: [], repeats: () => false }),
	findSignatures: (text) => findSignatures({ x: [text] }, form),
	bearer: (text) => authorize(bearer, text),
	basic: (text) => authorize(basic, text),
};

describe('fuzz: long texts of senders', () => {
	for (const [name, read] of Object.entries(READERS)) {
		it(`${name} reads whatever is long, and ends`, () => {
			for (const unit of UNITS) {
				for (const lead of LEADS) {
					const text = `${lead}${unit.repeat(LENGTH / unit.length)}!`;
					try {
						read(text);
					} catch (error) {
						assert.match(String(error), /^(Signature|Receive)Error/, `${lead} and ${unit}`);
					}
				}
			}
		});
	}
});
