import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createListener, type Listener } from '../../../../core/receiver/listener/listener';
import { Certificates, type ListenerTls } from '../../../../core/receiver/listener/certificates';
import { LISTENER_TIMES } from '../../../../core/receiver/listener/listener-times';
import type { Clock } from '../../../../core/runtime/clock';
import type { Logger } from '../../../../core/runtime/logger';
import { eventually } from '../../../support/eventually';
import { TLS_CERT, TLS_KEY } from '../../../support/tls-certificate';

describe('TLS of the own listener', () => {
	const open: Listener[] = [];
	let folder: string;
	let logged: string[];
	const file = (name: string) => path.join(folder, name);
	const keep = (message: string) => void logged.push(message);
	const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
	const times = {
		...LISTENER_TIMES,
		certificatesMs: 30,
		closeMs: 500,
		headersMs: 500,
		checkMs: 50,
	};
	const listen = async (tls: ListenerTls): Promise<Listener> => {
		const token = 'metrics-token-0123456789';
		const listener = await createListener(
			{
				port: 0,
				tls,
				logger,
				probes: { healthPath: '/healthz', metrics: { path: '/metrics', token } },
			},
			times,
		);
		open.push(listener);
		return listener;
	};
	/** Of a certificate that `openssl` makes; the key stands beside it. */
	const make = (name: string, ...more: string[]): void => {
		const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
		const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)];
		const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
		execFileSync('openssl', ['req', '-x509', '-days', '30', ...key, ...out, ...subject, ...more], {
			stdio: 'ignore',
		});
	};
	const files = (name: string): ListenerTls => ({
		certFile: file(`${name}.crt`),
		keyFile: file(`${name}.key`),
	});
	/** Whose certificate a new connection sees. */
	const nameAt = ({ port }: Listener): Promise<string> =>
		new Promise((resolve, reject) => {
			const socket: TLSSocket = connect(
				{ port, host: '127.0.0.1', rejectUnauthorized: false },
				() => {
					const { subject } = socket.getPeerCertificate();
					socket.destroy();
					resolve(String(subject.CN));
				},
			);
			socket.on('error', reject);
		});
	const get = (listener: Listener, o: object = {}, pathname = '/healthz') =>
		new Promise<{ status: number; text: string }>((resolve, reject) => {
			const asked = httpsRequest(
				{
					port: listener.port,
					host: '127.0.0.1',
					path: pathname,
					rejectUnauthorized: false,
					agent: false,
					...o,
				},
				(response) => {
					let text = '';
					response.setEncoding('utf8').on('data', (part: string) => (text += part));
					response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
				},
			);
			asked.on('error', reject).end();
		});

	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'sluice-tls-'));
		for (const name of ['one', 'two', 'client']) make(name);
	});
	after(() => rmSync(folder, { recursive: true }));
	beforeEach(() => {
		logged = [];
		for (const part of ['crt', 'key'])
			writeFileSync(file(`in-use.${part}`), readFileSync(file(`one.${part}`)));
	});
	afterEach(async () => {
		await Promise.all(open.splice(0).map((listener) => listener.close()));
	});

	it('is spoken with texts as with files, and its end is a metric', async () => {
		for (const tls of [{ cert: TLS_CERT, key: TLS_KEY }, files('one')]) {
			const listener = await listen(tls);
			assert.deepEqual(await get(listener), { status: 200, text: '{"alive":true}' });
			const headers = { authorization: 'Bearer metrics-token-0123456789' };
			const { text } = await get(listener, { headers }, '/metrics');
			const ends = /^sluice_listener_certificate_end_timestamp_seconds (\d+)$/m.exec(text)?.[1];
			assert.ok(Number(ends) > Date.now() / 1_000 + 29 * 86_400, text);
		}
	});

	it('takes a renewed certificate over, while connections that are open go on', async () => {
		const listener = await listen(files('in-use'));
		const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
		const before = await new Promise<TLSSocket>((resolve) => {
			agent.once('free', resolve as (socket: object) => void);
			void get(listener, { agent });
		});
		assert.equal(await nameAt(listener), 'one');
		for (const part of ['crt', 'key'])
			writeFileSync(file(`in-use.${part}`), readFileSync(file(`two.${part}`)));
		await eventually('the new one', async () => (await nameAt(listener)) === 'two');
		assert.equal((await get(listener, { agent })).status, 200);
		assert.equal(before.destroyed, false);
		assert.equal(before.getPeerCertificate().subject.CN, 'one');
		assert.ok(logged.some((line) => line.startsWith('the certificate was renewed; it ends at 2')));
		agent.destroy();
	});

	it('keeps the former one while certificate and key do not fit, says so once, and takes them when they do', async () => {
		const listener = await listen(files('in-use'));
		writeFileSync(file('in-use.crt'), readFileSync(file('two.crt')));
		const faults = () => logged.filter((line) => line.startsWith('a renewed certificate was not'));
		await eventually('the fault', () => faults().length > 0);
		assert.match(
			faults()[0] ?? '',
			/keyFile: expected the key of the certificate.*former one stays/,
		);
		assert.equal(await nameAt(listener), 'one');
		// Moved over, as tools do it that want no reader to see half of a file.
		writeFileSync(file('next'), readFileSync(file('two.key')));
		renameSync(file('next'), file('in-use.key'));
		await eventually('the new one', async () => (await nameAt(listener)) === 'two');
		assert.equal(faults().length, 1);
	});

	it('tells a renewal once, and a fault once for as long as it lasts, and again where it comes back', async () => {
		const looks: (() => void)[] = [];
		const clock = { now: Date.now, monotonicMs: Date.now, after: lookLater } as Clock;
		function lookLater(_ms: number, look: () => void): () => void {
			looks.push(look);
			return () => {};
		}
		const certificates = await Certificates.load(files('in-use'));
		const changes: unknown[] = [];
		const onChange = (options: unknown) => changes.push(options);
		certificates.watch({ clock, logger, everyMs: 1, onChange });
		/** A look has ended when the next one is planned. */
		const look = async (): Promise<void> => {
			const planned = looks.length;
			looks.at(-1)?.();
			await eventually('the end of a look', () => looks.length > planned);
		};
		const put = (name: string, parts = ['crt', 'key']): void => {
			for (const part of parts)
				writeFileSync(file(`in-use.${part}`), readFileSync(file(`${name}.${part}`)));
		};
		const endsAt = Date.parse(new X509Certificate(readFileSync(file('two.crt'))).validTo);
		for (const [changed, told] of [
			[() => {}, []],
			[() => put('two'), ['the certificate was renewed']],
			[() => {}, []],
			[() => put('one', ['crt']), ['a renewed certificate']],
			[() => {}, []],
			[() => put('two'), []],
			[() => put('one', ['crt']), ['a renewed certificate']],
		] as const) {
			logged.length = 0;
			changed();
			await look();
			assert.deepEqual(
				logged.map((line) => told.find((start) => line.startsWith(start))),
				told,
			);
			if (changes.length > 0) assert.equal(certificates.endsAt, endsAt);
		}
		assert.equal(changes.length, 1);
		assert.deepEqual(certificates.options, changes[0]);
		certificates.close();
	});

	it('keeps the former one where the files are gone or empty', async () => {
		const listener = await listen(files('in-use'));
		rmSync(file('in-use.crt'));
		await eventually('the fault', () => logged.some((line) => line.includes('ENOENT')));
		writeFileSync(file('in-use.crt'), '');
		await eventually('the other', () =>
			logged.some((line) => line.includes('at most 1048576 bytes')),
		);
		assert.equal(await nameAt(listener), 'one');
		assert.equal((await get(listener)).status, 200);
	});

	it('with a CA lets in who shows a certificate of it, and nobody else', async () => {
		const listener = await listen({ ...files('one'), caFile: file('client.crt') } as ListenerTls);
		const shown = (name: string) => ({
			cert: readFileSync(file(`${name}.crt`)),
			key: readFileSync(file(`${name}.key`)),
		});
		assert.equal((await get(listener, shown('client'))).status, 200);
		await assert.rejects(get(listener));
		await assert.rejects(get(listener, shown('two')));
	});

	it('does not start with what is no certificate, no key of it, or cannot be read, and shows no secret', async () => {
		const pass = ['-aes256', '-passout', 'pass:s3cret'];
		execFileSync(
			'openssl',
			[
				'ec',
				...pass.slice(0, 1),
				'-in',
				file('one.key'),
				'-passout',
				'pass:s3cret',
				'-out',
				file('sealed.key'),
			],
			{ stdio: 'ignore' },
		);
		const wrong: Record<string, ListenerTls> = {
			'certFile: expected a file that can be read, with PEM \\(ENOENT\\)': files('gone'),
			'keyFile: expected the key of the certificate': {
				...files('one'),
				keyFile: file('two.key'),
			} as ListenerTls,
			'certFile: expected a certificate as PEM': {
				...files('one'),
				certFile: file('one.key'),
			} as ListenerTls,
			'keyFile: expected a file that can be read': {
				...files('one'),
				keyFile: folder,
			} as ListenerTls,
			'keyFile: expected the key of the certificate, as PEM and with its passphrase': {
				...files('one'),
				keyFile: file('sealed.key'),
				passphrase: 'wr0ng',
			} as ListenerTls,
			'cert: expected a certificate as PEM': { cert: 'x', key: TLS_KEY },
			'key: expected the key': { cert: TLS_CERT, key: 'x' },
		};
		for (const [message, tls] of Object.entries(wrong)) {
			await assert.rejects(listen(tls), (error: Error) => {
				assert.match(error.message, new RegExp(`^${message}`));
				assert.ok(!/wr0ng|s3cret|BEGIN|PRIVATE/.test(error.message));
				return true;
			});
		}
		const sealed = { ...files('one'), keyFile: file('sealed.key'), passphrase: 's3cret' };
		assert.equal((await get(await listen(sealed as ListenerTls))).status, 200);
	});

	it('ends a connection that does not shake hands in time, and one that speaks no TLS', async () => {
		const listener = await listen(files('one'));
		const { exchange } = await import('../../../support/raw-http');
		assert.equal(await exchange(listener, ''), '');
		const spoken = await exchange(listener, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n').catch(() => '');
		assert.ok(!spoken.includes('200'));
	});
});
