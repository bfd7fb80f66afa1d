import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { freePort } from '../../../scripts/host/free-port';
import {
	madeAuthority,
	type Authority,
	type MadeCertificate,
} from '../../support/made-certificates';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { startInN8n, type StartedTrigger } from './trigger-world';

const TOKEN = 'metrics-token-0123456789';

/** As n8n's credential keeps what was pasted there. */
const inOneLine = (pem: string): string => pem.trim().replaceAll('\n', ' ');

describe('the own port of a Trigger', () => {
	let n8n: N8nFolder;
	let folder: string;
	let authority: Authority;
	let issued: readonly MadeCertificate[];
	before(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'sluice-own-port-'));
		authority = await madeAuthority();
		const one = { name: 'IP:127.0.0.1', days: [-1, 1] } as const;
		issued = [await authority.issue(one), await authority.issue(one)];
	});
	after(async () => {
		rmSync(folder, { recursive: true });
		await authority.close();
	});
	const open: StartedTrigger[] = [];
	const former = process.env['SLUICE_METRICS_TOKEN'];
	beforeEach(async () => {
		n8n = await n8nFolder();
		process.env['SLUICE_METRICS_TOKEN'] = TOKEN;
	});
	afterEach(async () => {
		for (const one of open.splice(0)) await one.close();
		if (former === undefined) delete process.env['SLUICE_METRICS_TOKEN'];
		else process.env['SLUICE_METRICS_TOKEN'] = former;
		await n8n.close();
	});

	const start = async (
		parameters: object,
		httpSslAuth?: Record<string, string>,
	): Promise<StartedTrigger> => {
		const started = await startInN8n({
			parameters: { authentication: 'none', listenOn: 'ownPort', ...parameters },
			credentials: httpSslAuth ? { httpSslAuth } : {},
		});
		open.push(started);
		return started;
	};
	const certificate = (index: number): MadeCertificate => {
		const found = issued[index];
		assert.ok(found);
		return found;
	};
	const credential = (index: number): Record<'cert' | 'key', string> => {
		const { cert, key } = certificate(index);
		return { cert: inOneLine(cert), key: inOneLine(key) };
	};
	const get = (
		port: number,
		path: string,
		o: { headers?: Record<string, string>; cert?: string; key?: string } = {},
	): Promise<{ status: number; text: string }> =>
		new Promise((resolve, reject) => {
			const asked = request(
				{ port, host: '127.0.0.1', path, agent: false, ca: authority.cert, ...o },
				(response) => {
					let text = '';
					response.setEncoding('utf8').on('data', (part: string) => (text += part));
					response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
				},
			);
			asked.on('error', reject).end();
		});
	const shownAt = (port: number): Promise<string> =>
		new Promise((resolve, reject) => {
			const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca: authority.cert }, () => {
				resolve(socket.getPeerX509Certificate()?.toString() ?? '');
				socket.destroy();
			});
			socket.on('error', reject);
		});

	it('speaks TLS by files, and tells health, readiness and metrics', async () => {
		const ownPort = await freePort();
		const [ownCertFile, ownKeyFile] = ['tls.crt', 'tls.key'].map((name) => path.join(folder, name));
		writeFileSync(ownCertFile ?? '', certificate(0).cert);
		writeFileSync(ownKeyFile ?? '', certificate(0).key);
		await start({ ownPort, ownTls: 'files', ownCertFile, ownKeyFile });
		assert.equal((await get(ownPort, '/healthz')).status, 200);
		assert.equal((await get(ownPort, '/readyz')).text, '{"ready":true}');
		assert.equal((await get(ownPort, '/metrics')).status, 401);
		const headers = { authorization: `Bearer ${TOKEN}` };
		const metrics = await get(ownPort, '/metrics', { headers });
		assert.match(metrics.text, /^sluice_store_up\{store="[^"]+"\} 1$/m);
	});

	it('speaks TLS by the credential, and by the changed one when it is published again', async () => {
		const ownPort = await freePort();
		const passphrase = 'open';
		const locked = createPrivateKey(certificate(1).key)
			.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
			.toString();
		for (const [index, more] of [{}, { key: inOneLine(locked), passphrase }].entries()) {
			const given = { ...credential(index), ...more };
			const trigger = await start({ ownPort, ownTls: 'given' }, given);
			assert.equal((await get(ownPort, '/healthz')).status, 200);
			assert.equal((await shownAt(ownPort)).trim(), certificate(index).cert.trim());
			await trigger.close();
		}
	});

	it('lets senders in by their certificates alone where the credential has a CA', async () => {
		const ownPort = await freePort();
		const ca = inOneLine(authority.cert);
		await start({ ownPort, ownTls: 'given' }, { ...credential(0), ca });
		await assert.rejects(get(ownPort, '/healthz'), /certificate required|ECONNRESET/);
		assert.equal((await get(ownPort, '/healthz', certificate(1))).status, 200);
	});

	it('leaves the port when its path there is taken', async () => {
		const parameters = { ownPort: await freePort(), ownTls: 'given' };
		const first = await start(parameters, credential(0));
		await assert.rejects(start(parameters, credential(0)), /path|taken|has/);
		assert.equal((await get(parameters.ownPort, '/healthz')).status, 200);
		await first.close();
		await assert.rejects(get(parameters.ownPort, '/healthz'), { code: 'ECONNREFUSED' });
	});

	const other = (): Record<string, string> => ({ ...credential(0), key: credential(1).key });
	const wrong: [what: string, parameters: object, credential: () => object, message: RegExp][] = [
		['a file that is not named', { ownTls: 'files' }, () => ({}), /ownCertFile: expected/],
		[
			'a file that is not there',
			{ ownTls: 'files', ownCertFile: '/no/such', ownKeyFile: '/no/such' },
			() => ({}),
			/ownCertFile: expected .*ENOENT/,
		],
		[
			'a path that is none',
			{ ownPortOptions: { healthPath: 'x' } },
			() => ({}),
			/ownPortOptions\.healthPath: expected/,
		],
		['no port', { ownPort: 0 }, () => ({}), /ownPort: expected/],
		['an empty credential', { ownTls: 'given' }, () => ({}), /credentials\.httpSslAuth: expected/],
		[
			'the key of another certificate',
			{ ownTls: 'given' },
			other,
			/credentials\.httpSslAuth\.key: expected the key of the certificate/,
		],
		[
			'a credential that forwards, too',
			{ ownTls: 'given', then: 'http', url: 'https://a.example', provideSslCertificates: true },
			() => credential(0),
			/ownTls: expected "files" where SSL Certificates is on/,
		],
		['a choice that is none', { listenOn: 'port' }, () => ({}), /listenOn: expected/],
	];
	for (const [what, parameters, credentialOf, message] of wrong) {
		it(`does not start with ${what}, names it, and shows nothing of a key`, async () => {
			const port = await freePort();
			const given = credentialOf() as Record<string, string>;
			await assert.rejects(start({ ownPort: port, ...parameters }, given), (error: Error) => {
				assert.match(error.message, message);
				assert.doesNotMatch(error.message, /PRIVATE KEY/);
				return true;
			});
			await assert.rejects(get(port, '/healthz'), { code: 'ECONNREFUSED' });
		});
	}
});
