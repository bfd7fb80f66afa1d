import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { trustedCertificates } from '../../../core/sink/http/trusted-certificates';
import { startHttpReceiver } from '../../support/http-receiver';
import { pushJson } from '../../support/push-json';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';

describe('a push over TLS', () => {
	let server: Server;
	let url: string;

	before(async () => {
		server = createServer({ key: TLS_KEY, cert: TLS_CERT }, (request, response) => {
			request.resume().on('end', () => response.end());
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	});

	after(() => {
		server.closeAllConnections();
		server.close();
	});

	it('retries where the certificate is not trusted, and names the reason (D42)', async () => {
		const { outcome, response } = await pushJson({ url });
		assert.equal(response, undefined);
		assert.equal(outcome.kind, 'retry');
		assert.deepEqual('error' in outcome && outcome.error.details, {
			reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
		});
	});

	it('trusts an additional authority', async () => {
		assert.equal((await pushJson({ url, ca: TLS_CERT })).outcome.kind, 'ack');
	});

	it('trusts an additional authority besides those of the environment', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'sluice-ca-'));
		try {
			const environment = join(folder, 'ca.pem');
			await writeFile(environment, TLS_CERT);
			const helper = new URL('../../support/push-json.ts', import.meta.url).href;
			const script = `import { rootCertificates } from 'node:tls';
				const { pushJson } = await import(${JSON.stringify(helper)});
				const { outcome } = await pushJson({ url: ${JSON.stringify(url)}, ca: rootCertificates[0] });
				console.log(outcome.kind);`;
			const args = ['--import=tsx', '--input-type=module', '--eval', script];
			const env = { ...process.env, NODE_EXTRA_CA_CERTS: environment };
			const { stdout } = await promisify(execFile)(process.execPath, args, { env });
			assert.equal(stdout.trim(), 'ack');
		} finally {
			await rm(folder, { recursive: true });
		}
	});

	it('knows what the environment trusts without the help of a new Node', async () => {
		const { getCACertificates } = tls;
		const before = process.env['NODE_EXTRA_CA_CERTS'];
		const folder = await mkdtemp(join(tmpdir(), 'sluice-ca-'));
		try {
			Object.assign(tls, { getCACertificates: undefined });
			delete process.env['NODE_EXTRA_CA_CERTS'];
			assert.deepEqual(trustedCertificates(), tls.rootCertificates);
			process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem');
			assert.deepEqual(trustedCertificates(), tls.rootCertificates);
			await writeFile(join(folder, 'ca.pem'), TLS_CERT);
			assert.deepEqual(trustedCertificates(), [...tls.rootCertificates, TLS_CERT]);
		} finally {
			Object.assign(tls, { getCACertificates });
			if (before === undefined) delete process.env['NODE_EXTRA_CA_CERTS'];
			else process.env['NODE_EXTRA_CA_CERTS'] = before;
			await rm(folder, { recursive: true });
		}
	});

	it('retries where the other side speaks no TLS', async () => {
		const plain = await startHttpReceiver((_request, response) => response.end());
		try {
			const { outcome } = await pushJson({ url: plain.url.replace('http:', 'https:') });
			assert.equal(outcome.kind, 'retry');
		} finally {
			await plain.close();
		}
	});
});

describe('a push with a proxy in the environment', () => {
	it('goes to its own address, which was checked, and not to the proxy', async () => {
		const [receiver, proxy] = await Promise.all([
			startHttpReceiver((_request, response) => response.end()),
			startHttpReceiver((_request, response) => response.end()),
		]);
		const before = process.env['HTTP_PROXY'];
		process.env['HTTP_PROXY'] = `http://127.0.0.1:${proxy.port}`;
		try {
			assert.equal((await pushJson({ url: receiver.url })).outcome.kind, 'ack');
			assert.deepEqual([receiver.received.length, proxy.received.length], [1, 0]);
		} finally {
			if (before === undefined) delete process.env['HTTP_PROXY'];
			else process.env['HTTP_PROXY'] = before;
			await receiver.close();
			await proxy.close();
		}
	});
});
