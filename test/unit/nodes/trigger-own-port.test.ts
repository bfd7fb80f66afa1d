import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../scripts/host/free-port';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { startInN8n, type StartedTrigger } from './trigger-world';

const TOKEN = 'metrics-token-0123456789';

describe('the own port of a Trigger', () => {
	let n8n: N8nFolder;
	let folder: string;
	before(() => (folder = mkdtempSync(path.join(tmpdir(), 'sluice-own-port-'))));
	after(() => rmSync(folder, { recursive: true }));
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

	const start = async (options: object): Promise<void> => {
		const parameters = { startOn: 'pushedEvents', authentication: 'none', options };
		open.push(await startInN8n({ parameters }));
	};
	const get = (
		port: number,
		path: string,
		headers: Record<string, string> = {},
	): Promise<{ status: number; text: string }> =>
		new Promise((resolve, reject) => {
			const asked = request(
				{ port, host: '127.0.0.1', path, headers, agent: false, ca: TLS_CERT },
				(response) => {
					let text = '';
					response.setEncoding('utf8').on('data', (part: string) => (text += part));
					response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
				},
			);
			asked.on('error', reject).end();
		});

	it('speaks TLS by files, and tells health, readiness and metrics', async () => {
		const ownPort = await freePort();
		const [ownCertFile, ownKeyFile] = ['tls.crt', 'tls.key'].map((name) => path.join(folder, name));
		writeFileSync(ownCertFile ?? '', TLS_CERT);
		writeFileSync(ownKeyFile ?? '', TLS_KEY);
		await start({ ownPort, ownTls: 'files', ownCertFile, ownKeyFile });
		assert.equal((await get(ownPort, '/healthz')).status, 200);
		assert.equal((await get(ownPort, '/readyz')).text, '{"ready":true}');
		assert.equal((await get(ownPort, '/metrics')).status, 401);
		const metrics = await get(ownPort, '/metrics', { authorization: `Bearer ${TOKEN}` });
		assert.match(metrics.text, /^sluice_store_up\{store="[^"]+"\} 1$/m);
	});

	it('does not start with a file that is not there, and names the parameter', async () => {
		const ownPort = await freePort();
		await assert.rejects(start({ ownPort, ownTls: 'files' }), /options\.ownCertFile: expected/);
		await assert.rejects(
			start({ ownPort, ownHealthPath: 'x' }),
			/options\.ownHealthPath: expected/,
		);
	});
});
