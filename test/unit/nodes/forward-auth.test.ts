import assert from 'node:assert/strict';
import { NodeOperationError } from 'n8n-workflow';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { execute } from './sluice-context';

type Fields = Record<string, string | boolean>;

const OAUTH: Fields = {
	grantType: 'clientCredentials',
	clientId: 'id',
	clientSecret: 'hidden-1',
	scope: 'push',
	authentication: 'header',
};

describe("n8n's own credentials, to forward with", () => {
	let endpoint: SinkServer;
	const authorizations = (url: string): unknown[] =>
		endpoint.requests
			.filter((request) => request.url === url)
			.map(({ headers }) => headers['authorization']);
	const forward = (forwardAuth: string, type: string, fields: Fields): Promise<unknown> =>
		execute({
			resource: 'item',
			operation: 'forward',
			parameters: { url: `${endpoint.url}/in`, forwardAuth },
			credentials: { [type]: fields },
		});

	beforeEach(async () => {
		endpoint = await startSinkServer();
	});
	afterEach(() => endpoint.close());

	const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
	for (const [kind, type, fields, expected] of [
		['header', 'httpHeaderAuth', { name: 'Authorization', value: 'Key 1' }, 'Key 1'],
		['bearer', 'httpBearerAuth', { token: 't' }, 'Bearer t'],
		['basic', 'httpBasicAuth', { user: 'u', password: 'p' }, basic('u:p')],
	] as const) {
		it(`${kind} by ${type}`, async () => {
			await forward(kind, type, fields);
			assert.deepEqual(authorizations('/in'), [expected]);
		});
	}

	for (const [authentication, client] of [
		['header', basic('id:hidden-1')],
		['body', undefined],
	] as const) {
		it(`oauth2 by oAuth2Api, the client in the ${authentication}`, async () => {
			endpoint.answer = (request, response) => {
				const token = JSON.stringify({ access_token: 'a', token_type: 'bearer', expires_in: 60 });
				response.writeHead(200, { 'content-type': 'application/json' });
				response.end(request.url === '/token' ? token : '{}');
			};
			const accessTokenUrl = `${endpoint.url}/token`;
			await forward('oauth2', 'oAuth2Api', { ...OAUTH, accessTokenUrl, authentication });
			assert.deepEqual(authorizations('/token'), [client]);
			assert.deepEqual(authorizations('/in'), ['Bearer a']);
			const asked = new URLSearchParams(endpoint.requests[0]?.body.toString());
			assert.equal(asked.get('scope'), 'push');
			assert.equal(asked.get('client_secret'), client === undefined ? 'hidden-1' : null);
		});
	}

	const token = { accessTokenUrl: 'https://id.example.com/token' };
	for (const [name, kind, type, fields, path] of [
		[
			'another grant',
			'oauth2',
			'oAuth2Api',
			{ ...OAUTH, ...token, grantType: 'pkce' },
			'grantType',
		],
		[
			'further properties of the request for a token',
			'oauth2',
			'oAuth2Api',
			{ ...OAUTH, ...token, sendAdditionalBodyProperties: true },
			'sendAdditionalBodyProperties',
		],
		[
			'a URL of another domain',
			'bearer',
			'httpBearerAuth',
			{ token: 'hidden-1', allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' },
			'allowedHttpRequestDomains',
		],
		[
			'any URL',
			'bearer',
			'httpBearerAuth',
			{ token: 'hidden-1', allowedHttpRequestDomains: 'none' },
			'allowedHttpRequestDomains',
		],
		[
			'a token from another domain',
			'oauth2',
			'oAuth2Api',
			{ ...OAUTH, ...token, allowedHttpRequestDomains: 'domains', allowedDomains: '127.0.0.1' },
			'allowedHttpRequestDomains',
		],
	] as const) {
		it(`refuses ${name}, by the field of the credential`, async () => {
			await assert.rejects(forward(kind, type, fields), (error: unknown) => {
				assert.ok(error instanceof NodeOperationError);
				assert.ok(error.message.startsWith(`credentials.${type}.${path}: `), error.message);
				assert.doesNotMatch(error.message, /hidden-1/);
				return true;
			});
			assert.deepEqual(endpoint.requests, []);
		});
	}

	it('take a URL of a domain that the credential allows', async () => {
		const domains = { allowedHttpRequestDomains: 'domains', allowedDomains: '127.0.0.1' };
		await forward('bearer', 'httpBearerAuth', { token: 't', ...domains });
		assert.deepEqual(authorizations('/in'), ['Bearer t']);
	});

	it('show no secret that cannot be sent', async () => {
		await assert.rejects(
			forward('header', 'httpHeaderAuth', { name: 'X-Key', value: 'hidden-1\n' }),
			(error: Error) => !error.message.includes('hidden-1'),
		);
	});

	it('are refused where the choice is none of them', async () => {
		await assert.rejects(
			forward('digest', 'httpBearerAuth', {}),
			/^NodeOperationError: forwardAuth: /,
		);
	});
});
