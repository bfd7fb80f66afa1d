import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { pemText } from '../../../nodes/shared/ssl-certificates';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';
import { execute } from './sluice-context';

/** As a field of one line keeps what was pasted there. */
const inOneLine = (pem: string): string => pem.trim().replaceAll('\n', ' ');
const escaped = (pem: string): string => pem.trim().replaceAll('\n', String.raw`\n`);

describe("pemText: what is pasted into a field of n8n's credential", () => {
	const passphrase = 'open';
	const locked = (type: 'pkcs8' | 'sec1'): string =>
		createPrivateKey(TLS_KEY)
			.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase })
			.toString();

	for (const [name, spelled] of [
		['as it is', (pem: string) => pem],
		['in one line', inOneLine],
		['with its line ends spelled out', escaped],
		['in one line without any space in its data', (pem: string) => joined(pem)],
	] as const) {
		it(`is read ${name}`, () => {
			const cert = pemText(spelled(TLS_CERT));
			createSecureContext({ cert, key: pemText(spelled(TLS_KEY)) });
			createSecureContext({ cert, key: pemText(spelled(locked('pkcs8'))), passphrase });
		});
	}

	for (const spelled of [inOneLine, escaped]) {
		it('is read where the key is locked the old way', () => {
			const key = pemText(spelled(locked('sec1')));
			createSecureContext({ cert: TLS_CERT, key, passphrase });
		});
	}

	it('keeps all certificates of a chain, and gives what is none as it is', () => {
		const chain = pemText(inOneLine(`${TLS_CERT}\n${TLS_CERT}`));
		assert.equal(chain.trim(), `${TLS_CERT}\n${TLS_CERT}`);
		assert.equal(pemText(' no certificate '), 'no certificate');
		assert.equal(pemText(undefined), '');
	});
});

function joined(pem: string): string {
	const [, begin, body, end] = /^(-+BEGIN [^-]+-+)(.*?)(-+END [^-]+-+)$/s.exec(pem.trim()) ?? [];
	return `${begin}${body?.replaceAll('\n', '')}${end}`;
}

describe("n8n's SSL certificates, to forward with", () => {
	let server: Server;
	let url: string;
	const seen: unknown[] = [];

	before(async () => {
		const options = {
			key: TLS_KEY,
			cert: TLS_CERT,
			ca: TLS_CERT,
			requestCert: true,
			rejectUnauthorized: false,
		};
		server = createServer(options, (request, response) => {
			seen.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN);
			request.resume().on('end', () => response.end());
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	});
	after(async () => {
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
	});

	const forward = (fields: Record<string, unknown>, parameters: object = {}) =>
		execute({
			resource: 'item',
			operation: 'forward',
			parameters: { url, provideSslCertificates: true, ...parameters },
			credentials: { httpSslAuth: fields },
		});

	it('show the endpoint who calls, and trust its own authority', async () => {
		seen.length = 0;
		await forward({ ca: inOneLine(TLS_CERT), cert: inOneLine(TLS_CERT), key: inOneLine(TLS_KEY) });
		await forward({ ca: TLS_CERT, cert: '', key: '', passphrase: '' });
		assert.deepEqual(seen, ['127.0.0.1', undefined]);
	});

	it('are not used where nothing asks for them', async () => {
		await assert.rejects(
			forward({ ca: TLS_CERT }, { provideSslCertificates: false }),
			/SELF_SIGNED/,
		);
	});

	const wrong: [name: string, fields: Record<string, unknown>, message: RegExp][] = [
		['nothing at all', { ca: ' ', cert: '', key: '' }, /credentials\.httpSslAuth: .*CA/],
		['no key', { cert: TLS_CERT }, /credentials\.httpSslAuth: .*key/],
		['no certificate', { key: TLS_KEY }, /credentials\.httpSslAuth: .*certificate/],
		['no PEM', { cert: 'hidden-1', key: 'hidden-1' }, /provideSslCertificates\.cert.*PEM/],
		[
			'a key that is locked, without its passphrase',
			{
				cert: TLS_CERT,
				key: createPrivateKey(TLS_KEY)
					.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hidden-1' })
					.toString(),
			},
			/passphrase/,
		],
	];
	for (const [name, fields, message] of wrong) {
		it(`with ${name} say what is wrong, and nothing of what is secret`, async () => {
			await assert.rejects(forward(fields), (error: Error & { description?: string }) => {
				assert.match(error.message, message);
				const shown = `${error.message} ${error.description}`;
				assert.doesNotMatch(shown, /hidden-1|MIGHAgEA|PRIVATE KEY-----/);
				return true;
			});
		});
	}
});
