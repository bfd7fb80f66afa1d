import assert from 'node:assert/strict';
import { clientIp } from '../../../core/event/client-ip';
import { blockList } from '../../../core/event/networks';

describe('clientIp', () => {
	for (const [address, ip] of [
		['::ffff:127.0.0.1', '127.0.0.1'],
		['::FFFF:192.0.2.1', '192.0.2.1'],
		['127.0.0.1', '127.0.0.1'],
		['::1', '::1'],
		['2001:db8::ffff:1', '2001:db8::ffff:1'],
		['fe80::1%eth0', 'fe80::1%eth0'],
		['', ''],
	] as const) {
		it(`shows ${address} as ${ip}`, () =>
			assert.equal(clientIp({ remoteAddress: address, headers: {} }), ip));
	}

	it('believes no header where no proxy is trusted (K76)', () => {
		const headers = {
			'x-forwarded-for': '203.0.113.9',
			'x-real-ip': '203.0.113.9',
			forwarded: 'for=203.0.113.9',
		};
		assert.equal(clientIp({ remoteAddress: '10.0.0.1', headers }), '10.0.0.1');
	});

	const proxies = blockList(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'fe80::/10']);
	const cases: {
		name: string;
		peer?: string;
		forwarded?: string | string[];
		more?: object;
		ip: string;
	}[] = [
		{ name: 'what the proxy says', forwarded: '203.0.113.9', ip: '203.0.113.9' },
		{
			name: 'the peer, where that is no trusted proxy',
			peer: '198.51.100.1',
			forwarded: '203.0.113.9',
			ip: '198.51.100.1',
		},
		{
			name: 'what the proxy has appended, and not what the client had written before it',
			forwarded: '127.0.0.1, 10.9.9.9, 203.0.113.9',
			ip: '203.0.113.9',
		},
		{
			name: 'the first that is no proxy, through a chain of them',
			forwarded: 'spoofed, 203.0.113.9,10.1.1.1 , 192.0.2.7',
			ip: '203.0.113.9',
		},
		{
			name: 'the same where the list came in several headers',
			forwarded: ['1.1.1.1', '203.0.113.9, 10.1.1.1'],
			ip: '203.0.113.9',
		},
		{
			name: 'the outermost proxy, where all are trusted',
			forwarded: '10.2.2.2, 10.1.1.1',
			ip: '10.2.2.2',
		},
		{
			name: 'the last proxy before what is no address',
			forwarded: '203.0.113.9, unknown, 10.1.1.1',
			ip: '10.1.1.1',
		},
		{ name: 'the proxy, where it says nothing', ip: '10.0.0.1' },
		{ name: 'the proxy, where it says nothing but a comma', forwarded: ',', ip: '10.0.0.1' },
		{
			name: 'no other header',
			more: { 'x-real-ip': '1.1.1.1', forwarded: 'for=1.1.1.1' },
			ip: '10.0.0.1',
		},
		{ name: 'an address without its port', forwarded: '203.0.113.9:4711', ip: '203.0.113.9' },
		{
			name: 'an IPv6 address without brackets and port',
			forwarded: '[2a00::1]:443',
			ip: '2a00::1',
		},
		{ name: 'IPv6', forwarded: '2a00::1, 2001:db8::5', ip: '2a00::1' },
		{
			name: 'an IPv4 client of an IPv6 socket',
			peer: '::ffff:10.0.0.1',
			forwarded: '::ffff:203.0.113.9',
			ip: '203.0.113.9',
		},
		{
			name: 'what a proxy of this link says',
			peer: 'fe80::1%eth0',
			forwarded: '2a00::1',
			ip: '2a00::1',
		},
	];
	for (const { name, peer = '10.0.0.1', forwarded, more = {}, ip } of cases) {
		it(`behind trusted proxies it is ${name}`, () => {
			const headers = {
				...more,
				...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
			};
			assert.equal(clientIp({ remoteAddress: peer, headers }, proxies), ip);
		});
	}
});
