import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import {
	checkUrl,
	guardedLookup,
	problemOf,
	type AddressRules,
} from '../../../core/sink/http/guard';
import { USER_AGENT } from '../../../core/sink/http/user-agent';
import { startHttpReceiver } from '../../support/http-receiver';
import { pushJson } from '../../support/push-json';
import { readFileSync } from 'node:fs';

const literal: AddressRules = { origin: 'literal' };
const dynamic: AddressRules = { origin: 'dynamic' };

describe('problemOf', () => {
	const addresses: [address: string, literalOk: boolean, dynamicOk: boolean][] = [
		['8.8.8.8', true, true],
		['2606:4700::1111', true, true],
		['127.0.0.1', true, false],
		['::1', true, false],
		['0.0.0.0', true, false],
		['10.1.2.3', true, false],
		['172.31.255.255', true, false],
		['172.32.0.1', true, true],
		['192.168.1.1', true, false],
		['100.64.0.1', true, false],
		['fd12::1', true, false],
		['::ffff:10.0.0.1', true, false],
		['::ffff:8.8.8.8', true, true],
		['64:ff9b::10.0.0.1', true, false],
		['169.254.169.254', false, false],
		['::ffff:169.254.169.254', false, false],
		['64:ff9b::169.254.169.254', false, false],
		['fe80::1', false, false],
		['fe80::1%eth0', false, false],
		['fd00:ec2::254', false, false],
		['100.100.100.200', false, false],
		['168.63.129.16', false, false],
		['fd20:ce::254', false, false],
		['fd20:ce:0:0:0:0:0:254', false, false],
		['fd00:c1::a9fe:a9fe', false, false],
		['fd00:42::42', false, false],
		['fd20:ce::253', true, false],
		['192.0.0.192', false, false],
		['64:ff9b::100.100.100.200', false, false],
		['2002:a83f:8110::1', false, false],
		['224.0.0.1', false, false],
		['255.255.255.255', false, false],
		['ff02::1', false, false],
	];
	for (const [address, literalOk, dynamicOk] of addresses) {
		it(`${address}: typed ${literalOk ? 'yes' : 'no'}, from data ${dynamicOk ? 'yes' : 'no'}`, () => {
			assert.equal(problemOf(address, literal) === undefined, literalOk);
			assert.equal(problemOf(address, dynamic) === undefined, dynamicOk);
		});
	}

	it('lets listed networks through, mapped addresses too', () => {
		const rules: AddressRules = { ...dynamic, allowedCidrs: ['10.0.0.0/8', '169.254.169.254'] };
		for (const address of ['10.9.8.7', '::ffff:10.9.8.7', '169.254.169.254']) {
			assert.equal(problemOf(address, rules), undefined);
		}
		assert.notEqual(problemOf('169.254.169.253', rules), undefined);
		assert.notEqual(problemOf('192.168.0.1', rules), undefined);
	});
});

describe('checkUrl', () => {
	const urls: [url: string, rules: AddressRules, ok: boolean][] = [
		['https://example.com', dynamic, true],
		['http://example.com', dynamic, false],
		['http://example.com', { ...dynamic, allowHttp: true }, true],
		['http://example.com', literal, true],
		['http://example.com', {}, true],
		['http://example.com', { ...literal, allowHttp: false }, false],
		['https://127.0.0.1', dynamic, false],
		['https://[::1]/', dynamic, false],
		['https://2130706433/', dynamic, false],
		['https://0x7f.1/', dynamic, false],
		['http://127.0.0.1/', literal, true],
		['http://127.0.0.1/', { ...dynamic, allowedCidrs: ['127.0.0.1/32'] }, true],
		['http://169.254.169.254/latest', literal, false],
		['ftp://example.com', literal, false],
	];
	for (const [url, rules, ok] of urls) {
		it(`${ok ? 'takes' : 'refuses'} ${url} by ${JSON.stringify(rules)}`, () => {
			const check = () => checkUrl(new URL(url), rules);
			if (ok) check();
			else assert.throws(check, { code: 'ERR_SINK_ADDRESS_BLOCKED' });
		});
	}
});

describe('guardedLookup', () => {
	const resolving = (...addresses: string[]) =>
		((_name: string, _options: unknown, done: (error: null, found: LookupAddress[]) => void) =>
			done(
				null,
				addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
			)) as never;

	it('leaves out what may not be reached', (done) => {
		guardedLookup(literal, resolving('fe80::1', '192.168.1.2'))(
			'box.local',
			{ all: true },
			(error, found) => {
				assert.equal(error, null);
				assert.deepEqual(found, [{ address: '192.168.1.2', family: 4 }]);
				done();
			},
		);
	});

	it('gives one address where one is asked for', (done) => {
		guardedLookup(dynamic, resolving('8.8.8.8'))('dns.example', {}, (error, address, family) => {
			assert.deepEqual([error, address, family], [null, '8.8.8.8', 4]);
			done();
		});
	});

	for (const name of ['metadata.google.internal', 'METADATA.google.internal.', 'instance-data']) {
		it(`blocks ${name} wherever it leads, unless that is listed`, (done) => {
			const rules = { ...literal, allowedCidrs: ['8.8.4.4'] };
			const lookup = guardedLookup(rules, resolving('8.8.8.8', '8.8.4.4'));
			lookup(name, { all: true }, (error, found) => {
				assert.deepEqual([error, found], [null, [{ address: '8.8.4.4', family: 4 }]]);
				guardedLookup(literal, resolving('8.8.8.8'))(name, {}, (refused) => {
					assert.equal(refused?.code, 'ERR_SINK_ADDRESS_BLOCKED');
					done();
				});
			});
		});
	}

	it('fails when nothing is left', (done) => {
		guardedLookup(dynamic, resolving('127.0.0.1', '::1'))(
			'rebound.example',
			{ all: true },
			(error) => {
				assert.equal(error?.code, 'ERR_SINK_ADDRESS_BLOCKED');
				done();
			},
		);
	});
});

describe('the guard in a real request', () => {
	it('blocks a name that resolves to a private address, at connect time', async () => {
		const receiver = await startHttpReceiver((_request, response) => response.end());
		try {
			const url = `http://localhost:${receiver.port}/`;
			const blocked = await pushJson({ url, origin: 'dynamic', allowHttp: true });
			assert.equal(blocked.outcome.kind, 'dead');
			assert.equal(
				'error' in blocked.outcome && blocked.outcome.error.code,
				'ERR_SINK_ADDRESS_BLOCKED',
			);
			assert.equal(receiver.connections(), 0);
			const listed = {
				url,
				origin: 'dynamic',
				allowHttp: true,
				allowedCidrs: ['127.0.0.0/8'],
			} as const;
			assert.equal((await pushJson(listed)).outcome.kind, 'ack');
		} finally {
			await receiver.close();
		}
	});
});

describe('USER_AGENT', () => {
	it('names the version of the package', () => {
		const { version } = JSON.parse(
			readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
		) as { version: string };
		assert.equal(USER_AGENT, `Sluice/${version}`);
	});
});
