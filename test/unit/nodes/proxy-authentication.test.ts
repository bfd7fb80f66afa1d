import assert from 'node:assert/strict';
import type { ProxyConfig } from '../../../core/sink/http/proxy/proxy-config';
import { forwardTarget, readConfiguration } from '../../../nodes/SluiceTrigger/configuration';
import { eventually } from '../../support/eventually';
import { startProxyServer, type ProxyServer } from '../../support/proxy-server';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { execute } from './sluice-context';
import { triggerContext } from './trigger-context';

const USER = { user: 'plant', password: 'hidden-1' };
const BASIC = `Basic ${Buffer.from('plant:hidden-1').toString('base64')}`;
/** Nobody but the proxy knows this name. */
const URL_BEHIND = 'http://endpoint.invalid/in';

describe("a proxy that asks for a user, by n8n's own credential", () => {
	let endpoint: SinkServer;
	let proxy: ProxyServer;
	beforeEach(async () => {
		endpoint = await startSinkServer();
		proxy = await startProxyServer({ port: Number(new URL(endpoint.url).port) });
		proxy.letsIn = BASIC;
	});
	afterEach(async () => {
		await proxy.close();
		await endpoint.close();
	});

	const forward = (parameters: object, credentials: Record<string, Record<string, unknown>>) =>
		execute({
			resource: 'item',
			operation: 'forward',
			parameters: {
				url: URL_BEHIND,
				options: { proxy: 'server', proxyUrl: proxy.url },
				proxyAuthentication: true,
				...parameters,
			},
			credentials,
		});
	const configOf = async (parameters: Record<string, unknown>, fields: object = USER) => {
		const context = triggerContext({ parameters, credentials: { httpBasicAuth: fields } });
		const { buffers, options } = await readConfiguration(context);
		return Promise.all(buffers.map((one) => forwardTarget(context, one, options)));
	};
	const isMessage = (message: RegExp) => (error: Error & { description?: string }) => {
		assert.match(error.message, message);
		assert.doesNotMatch(`${error.message} ${error.description}`, /hidden-1/);
		return true;
	};

	it('lets in what Item → Forward to URL sends, and the endpoint learns nothing of it', async () => {
		await forward({}, { httpBasicAuth: USER });
		assert.deepEqual(
			proxy.asked.map(({ authorization }) => authorization),
			[BASIC],
		);
		const { headers } = endpoint.requests[0] ?? {};
		assert.deepEqual(
			[headers?.['authorization'], headers?.['proxy-authorization']],
			[undefined, undefined],
		);
	});

	it('refuses another password, and the error says that it was the proxy', async () => {
		await assert.rejects(
			forward({}, { httpBasicAuth: { ...USER, password: 'hidden-12' } }),
			isMessage(/proxy.*407.*another user and password/),
		);
		assert.equal(endpoint.requests.length, 0);
	});

	it('is asked without a user where nothing says so, though a credential is attached', async () => {
		await assert.rejects(
			forward({ proxyAuthentication: false }, { httpBasicAuth: USER }),
			isMessage(/407/),
		);
		assert.equal(proxy.asked[0]?.authorization, undefined);
	});

	it('stands beside another way to authenticate at the endpoint', async () => {
		const httpHeaderAuth = { name: 'X-Key', value: 'k' };
		await forward({ forwardAuth: 'header' }, { httpBasicAuth: USER, httpHeaderAuth });
		assert.equal(endpoint.requests[0]?.headers['x-key'], 'k');
	});

	it('is not given what is for the endpoint: both cannot be Basic Auth', async () => {
		const both = { forwardAuth: 'basic', proxyAuthentication: true };
		await assert.rejects(
			forward(both, { httpBasicAuth: USER }),
			isMessage(/proxyAuthentication.*Header Auth.*HTTPS_PROXY/),
		);
		const requestOptions = { proxy: 'server', proxyUrl: proxy.url };
		const buffer = { then: 'http', url: URL_BEHIND, requestOptions };
		await assert.rejects(configOf({ ...buffer, ...both }), isMessage(/proxyAuthentication/));
		const values = [{ name: 'a', ...buffer, usesProxyAuthentication: true }];
		await assert.rejects(
			configOf({ severalBuffers: true, buffers: { values }, ...both }),
			isMessage(/proxyAuthentication/),
		);
		assert.deepEqual(proxy.asked, []);
	});

	it('is given the user by the buffers that say so', async () => {
		const requestOptions = { proxy: 'server', proxyUrl: proxy.url, proxyExcept: '.local' };
		const buffer = { then: 'http', url: URL_BEHIND, requestOptions };
		const userOf = async (parameters: Record<string, unknown>) =>
			(await configOf(parameters)).map(({ config, resolveSecret }) => {
				const { user, password, except } = config.proxy as Exclude<ProxyConfig, string>;
				assert.deepEqual(except, ['.local']);
				assert.doesNotMatch(JSON.stringify(config), /hidden-1/);
				if (password === undefined) return user;
				assert(typeof password === 'object' && 'secretRef' in password);
				assert.equal(resolveSecret(password.secretRef), 'hidden-1');
				return user;
			});
		const gate = { proxyAuthentication: true };
		assert.deepEqual(await userOf(buffer), [undefined]);
		assert.deepEqual(await userOf({ ...buffer, ...gate }), ['plant']);
		const several = (...uses: boolean[]) => ({
			severalBuffers: true,
			buffers: {
				values: uses.map((usesProxyAuthentication, at) => ({
					...buffer,
					name: `b${at}`,
					usesProxyAuthentication,
				})),
			},
		});
		assert.deepEqual(await userOf(several(true)), [undefined]);
		assert.deepEqual(await userOf({ ...several(true, false), ...gate }), ['plant', undefined]);
	});

	for (const proxyChoice of [undefined, 'none', 'environment']) {
		it(`has to be a server: ${proxyChoice ?? 'nothing'} and a user for it is refused, by the option’s name`, async () => {
			const requestOptions = {
				proxyUrl: proxy.url,
				...(proxyChoice ? { proxy: proxyChoice } : {}),
			};
			const buffer = { then: 'http', url: URL_BEHIND, requestOptions, proxyAuthentication: true };
			await assert.rejects(configOf(buffer), isMessage(/^requestOptions\.proxy.*"server"/));
			await assert.rejects(
				forward({ options: requestOptions }, { httpBasicAuth: USER }),
				isMessage(/options\.proxy/),
			);
		});
	}

	for (const [name, fields, message] of [
		['no user', { user: ' ', password: 'hidden-1' }, /credentials\.httpBasicAuth\.user/],
		['a colon in the user', { user: 'a:b', password: 'hidden-1' }, /proxyAuthentication.*colon/],
		[
			'domains that leave out the proxy',
			{ ...USER, allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' },
			/allowedHttpRequestDomains/,
		],
	] as const) {
		it(`is asked nothing with ${name}, and the error says why`, async () => {
			await assert.rejects(forward({}, { httpBasicAuth: fields }), isMessage(message));
			assert.deepEqual(proxy.asked, []);
		});
	}

	it('is told no password where the credential has none', async () => {
		proxy.letsIn = `Basic ${Buffer.from('plant:').toString('base64')}`;
		await forward({}, { httpBasicAuth: { user: 'plant', password: '' } });
		await eventually('it is let in', () => endpoint.requests.length === 1);
	});
});
