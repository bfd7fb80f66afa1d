import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import type { CoreError } from '../../../core/errors';
import { endpointOf, type EndpointConfig } from '../../../node-red/sluice-forward/endpoint';
import type { ForwardNode } from '../../../node-red/sluice-forward/headers';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';

const tls = (options: object, more: object = {}): object => ({
	name: 'mine',
	valid: true,
	addTLSOptions: (given: object) => Object.assign(given, options),
	...more,
});

const NODES: Readonly<Record<string, object>> = {
	tls: tls({ ca: TLS_CERT, cert: Buffer.from(TLS_CERT), key: TLS_KEY, passphrase: 'pass' }),
	ca: tls({ ca: TLS_CERT, rejectUnauthorized: true }),
	unverified: tls({ rejectUnauthorized: false }),
	unread: tls({}, { valid: false }),
	der: tls({ ca: Buffer.from([48, 130]) }),
	pfx: tls({ pfx: Buffer.from('x') }),
	named: tls({ servername: 'other' }),
	alpn: tls({ ALPNProtocols: ['h2'] }),
	other: { name: 'no TLS node' },
	proxy: {
		url: 'http://proxy:3128',
		noproxy: ['.local', '10.0.0.1'],
		credentials: { username: 'u', password: 'p' },
	},
	open: { url: 'http://proxy:3128' },
	half: { url: 'proxy' },
};

function endpoint(config: EndpointConfig, credentials: object = {}) {
	let warned = 0;
	const RED = {
		nodes: {
			getNode: (id: string) => NODES[id] ?? null,
			eachNode: (visit: (saved: object) => void) => visit({ id: 'n', ...config }),
		},
	} as unknown as NodeAPI;
	const node = { id: 'n', credentials, warn: () => (warned += 1) } as unknown as ForwardNode;
	const given = { id: 'n', type: 'sluice-forward', name: '', z: 't', url: 'https://x', ...config };
	return { of: endpointOf(RED, node, given), warned: () => warned };
}

describe('the endpoint of a forward node', () => {
	it('is the same for a batch and for a row, but for what belongs to one of them', () => {
		const { of, warned } = endpoint({
			format: 'csv',
			method: 'PUT',
			headers: [{ name: 'Authorization', value: 'Bearer x' }],
		});
		const [batch, row] = [of('batch').sink, of('row').sink];
		assert.deepEqual(
			[batch.send, batch.format, row.send, row.format],
			['batch', 'csv', 'row', undefined],
		);
		assert.deepEqual([batch.method, batch.headers], [row.method, row.headers]);
		assert.equal(warned(), 1, 'a value in clear is told once');
	});

	it('has each header once, in any case: else a value would be gone without a word', () => {
		const headers = [
			{ name: 'X-Key', value: 'a' },
			{ name: 'x-key', value: 'b' },
		];
		assert.throws(
			() => endpoint({ headers }).of('batch'),
			({ code, details }: CoreError) =>
				code === 'ERR_CONFIG_INVALID' && details['path'] === 'headers[1].name',
		);
	});

	it('takes secrets from the credentials of the node, and names them alone', () => {
		const { of } = endpoint({ auth: 'basic', authUser: 'me' }, { authPassword: 'geheim' });
		const { sink, resolveSecret } = of('row');
		assert.ok(sink.auth?.kind === 'basic');
		assert.doesNotMatch(JSON.stringify(sink), /geheim/);
		assert.ok(sink.auth.password && 'secretRef' in sink.auth.password);
		assert.equal(resolveSecret(sink.auth.password.secretRef), 'geheim');
	});

	it('takes certificates of a TLS node, whose key is a secret', () => {
		const { sink, resolveSecret } = endpoint({ tls: 'tls' }).of('row');
		assert.equal(sink.ca, TLS_CERT);
		const { cert, key, passphrase } = sink.clientCertificate ?? {};
		assert.equal(cert, TLS_CERT);
		const text = (ref: unknown) => resolveSecret((ref as { secretRef: string }).secretRef);
		assert.deepEqual([text(key), text(passphrase)], [TLS_KEY, 'pass']);
		const { sink: trusting } = endpoint({ tls: 'ca' }).of('row');
		assert.deepEqual([trusting.ca, trusting.clientCertificate], [TLS_CERT, undefined]);
	});

	it('goes by a proxy node, with what it excepts', () => {
		const { sink, resolveSecret } = endpoint({ proxy: 'server', httpProxy: 'proxy' }).of('row');
		assert.ok(typeof sink.proxy === 'object');
		const { password, ...proxy } = sink.proxy;
		assert.deepEqual(proxy, {
			url: 'http://proxy:3128',
			user: 'u',
			except: ['.local', '10.0.0.1'],
		});
		assert.equal(resolveSecret((password as { secretRef: string }).secretRef), 'p');
		const open = endpoint({ proxy: 'server', httpProxy: 'open' }).of('row').sink.proxy;
		assert.deepEqual(open, { url: 'http://proxy:3128' });
		const none = endpoint({ proxy: 'none', httpProxy: 'gone' }).of('row').sink.proxy;
		assert.equal(none, 'none');
	});

	const wrong: readonly (readonly [path: string, config: EndpointConfig, says: RegExp])[] = [
		['tls', { tls: 'gone' }, /exists and is enabled/],
		['tls', { tls: 'other' }, /exists and is enabled/],
		['tls', { tls: 'unverified' }, /verify server certificate/],
		['tls', { tls: 'unread' }, /can be read in the TLS configuration "mine"/],
		['tls', { tls: 'pfx' }, /not as PFX/],
		['tls', { tls: 'der' }, /CA as PEM/],
		['tls', { tls: 'named' }, /no server name/],
		['tls', { tls: 'alpn' }, /no ALPN protocol/],
		['httpProxy', { proxy: 'server' }, /to be chosen/],
		['httpProxy', { proxy: 'server', httpProxy: 'gone' }, /exists and is enabled/],
		['httpProxy', { proxy: 'server', httpProxy: 'half' }, /URL/],
		['authToken', { auth: 'bearer' }, /fill it in again/],
		['authHeader', { auth: 'header', authHeader: 'Host' }, /name of a header/],
		['retryOn[0]', { retryOn: 'soon' }, /a status/],
	];
	for (const [path, config, says] of wrong) {
		it(`says what is wrong by the dialog's name: ${path} of ${JSON.stringify(config)}`, () => {
			const credentials = path === 'authHeader' ? { authValue: 'x' } : {};
			assert.throws(
				() => endpoint(config, credentials).of('row'),
				({ details, message }: CoreError) => {
					assert.equal(details['path'], path);
					assert.match(message, says);
					return true;
				},
			);
		});
	}
});
