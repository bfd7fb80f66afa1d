import assert from 'node:assert/strict';
import { createFetchText, fetchText } from '../../../core/sink/http/fetch-text';
import { startHttpReceiver } from '../../support/http-receiver';

describe('fetchText: what senders keep on servers of their own', () => {
	it('gives status and text, asks with GET and no body, and follows no redirect', async () => {
		const server = await startHttpReceiver((request, response) => {
			if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
			else response.end('Ü');
		});
		try {
			const fetch = createFetchText({ origin: 'literal' });
			assert.deepEqual(await fetch(server.url), { status: 200, text: 'Ü' });
			assert.equal((await fetch(new URL('/moved', server.url).href)).status, 302);
			const [asked, ...others] = server.received;
			assert.equal(others.length, 1);
			assert.deepEqual([asked?.method, asked?.body.length], ['GET', 0]);
			assert.equal(asked?.headers['content-length'], undefined);
			assert.equal(asked?.headers['content-type'], undefined);
		} finally {
			await server.close();
		}
	});

	it('goes over https alone, and to no private address', async () => {
		for (const url of [
			'http://sns.eu-west-1.amazonaws.com/',
			'https://127.0.0.1/',
			'https://169.254.169.254/',
		])
			await assert.rejects(fetchText(url), { code: 'ERR_SINK_ADDRESS_BLOCKED' });
	});
});
