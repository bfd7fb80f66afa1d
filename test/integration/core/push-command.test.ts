import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import { SPLITS, type Split } from '../../../core/config';
import { pushCommand } from '../../../core/pure/push-command/index';
import { PRESET_CHOICES } from '../../../core/settings/preset-fields';
import { toScheme, type SchemeSettings } from '../../../core/settings/scheme-settings';
import { findScheme, SCHEMES, type SchemeConfig } from '../../../core/signature/schemes/index';
import { startListeningReceiver } from '../../support/listening-receiver';
import { skipWithout } from '../../support/skip';

const run = promisify(execFile);

const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
/** What a shell would change that does not quote. */
const TEXT_SECRET = `it's "$HOME" \`x\` &%41`;

interface Case {
	readonly saved: SchemeSettings;
	readonly secret?: string;
	readonly other?: string;
	readonly isForm?: boolean;
}

const CASES: readonly Case[] = [
	{ saved: { kind: 'url-secret' }, secret: 'A'.repeat(48), other: 'B'.repeat(48) },
	{ saved: { kind: 'body-jwt' } },
	{ saved: { kind: 'body-jwt', claim: `it's "one"`, algs: ['HS512'], header: 'X-Webhook' } },
	{ saved: { kind: 'hmac' }, secret: 'Ünïcode ✓' },
	{ saved: { kind: 'hmac', header: 'X-S', prefix: `o'sha=`, hash: 'sha512', encoding: 'base64' } },
	{
		saved: { kind: 'hmac', secretEncoding: 'hex', encoding: 'base64url' },
		secret: '00ff10',
		other: '00ff11',
	},
	{
		saved: { kind: 'hmac', secretEncoding: 'base64', hash: 'sha384' },
		secret: 'AP8Q',
		other: 'AP8R',
	},
	{
		saved: {
			kind: 'hmac',
			layout: 'list',
			prefix: 'v1=',
			content: `%s$T'\\{timestamp}.{method}.{body}`,
		},
	},
	{
		saved: {
			kind: 'hmac',
			content: '{header:Content-Type}:{header:Host}:{header:X-Id}:{timestamp}:{body}',
			timestampHeader: 'X-Time',
		},
	},
	{
		saved: {
			kind: 'hmac',
			hash: 'sha1',
			encoding: 'base64',
			content: '{url}{form}',
			publicUrl: `https://hooks.example.com/i'n?a=$b`,
		},
		isForm: true,
	},
	{ saved: { kind: 'standard-webhooks' }, secret: WEBHOOK_SECRET, other: 'whsec_d3Jvbmc=' },
	{
		saved: { kind: 'standard-webhooks', headerPrefix: 'svix' },
		secret: WEBHOOK_SECRET.slice('whsec_'.length),
		other: 'd3Jvbmc=',
	},
	{ saved: { kind: 'jwt' } },
	{
		saved: {
			kind: 'jwt',
			header: 'X-Token',
			prefix: `it's `,
			algs: ['RS256', 'HS384'],
			issuer: `a "b" 'c'`,
			audience: 'd',
			subject: '$e',
			singleUse: true,
		},
	},
	{ saved: { kind: 'header-key' } },
	{ saved: { kind: 'header-key', header: 'X-Key', prefix: `k'ey $x ` } },
	{ saved: { kind: 'bearer' } },
	{ saved: { kind: 'basic', user: `o'brien` } },
	{ saved: { kind: 'query-key', parameter: `k y$'` } },
	...ofPresets(),
];

/** What each preset sets, but for what has been tried above. */
function ofPresets(): readonly Case[] {
	const publicUrl = 'https://hooks.example.com/in';
	return PRESET_CHOICES.flatMap(({ fields: { auth }, asks }) => {
		const [scheme] = auth;
		if (['sns', 'url-secret', 'bearer'].includes(scheme.kind)) return [];
		const secrets =
			scheme.kind === 'standard-webhooks'
				? { secret: WEBHOOK_SECRET, other: 'whsec_d3Jvbmc=' }
				: {};
		const isForm = String(scheme['content']).includes('{form}');
		return { saved: { ...scheme, ...(asks.length > 0 ? { publicUrl } : {}) }, ...secrets, isForm };
	});
}

/** Sent by somebody else: only a token that they have made lets in, or nobody but they can send. */
const OF_OTHERS = ['jwks', 'sns'];

async function receiverOf(saved: SchemeSettings, secret: string, split: Split = 'one') {
	const auth = [toScheme<SchemeConfig>(saved, () => [secret])];
	return startListeningReceiver({ input: { auth, split }, now: Date.now() });
}

async function runScript(
	script: string,
	env: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
	const { stdout } = await run('sh', ['-c', script], {
		env: { PATH: process.env['PATH'], ...env },
		timeout: 20_000,
	});
	return JSON.parse(stdout) as Record<string, unknown>;
}

const commandFor = (saved: SchemeSettings, url?: string) => {
	const scheme = findScheme(saved.kind);
	assert.ok(scheme);
	const command = pushCommand(scheme, saved, { url });
	assert.ok(command, `no command for ${saved.kind}`);
	return command;
};

describe('the command that pushes to a receiver, run by a shell', () => {
	before(async function () {
		for (const [tool, question] of Object.entries({ curl: '--version', openssl: 'version' }))
			await run(tool, [question]).catch((error: unknown) => skipWithout(this, tool, error));
	});

	it('is there for each scheme', () => {
		const tried = new Set(CASES.map(({ saved }) => saved.kind));
		for (const { kind } of SCHEMES) {
			commandFor({ kind });
			assert.ok(tried.has(kind) || OF_OTHERS.includes(kind) || kind === 'none', kind);
		}
	});

	for (const [index, one] of CASES.entries()) {
		const { saved, secret = TEXT_SECRET, other = 'another secret', isForm = false } = one;
		it(`${saved.kind} ${index}: is let in by the secret and refused by another one`, async () => {
			const receiver = await receiverOf(saved, secret);
			try {
				const place = `http://127.0.0.1:${receiver.port}/in`;
				const isInUrl = saved.kind === 'url-secret';
				const { script, asks } = commandFor(saved, isInUrl ? `${place}/${secret}` : place);
				assert.equal(asks, isInUrl ? 'nothing' : 'secret');
				if (!isInUrl) assert.ok(!script.includes(secret));
				assert.deepEqual(Object.keys(await runScript(script, { SECRET: secret })), ['id']);
				const { body } = await receiver.event();
				assert.deepEqual({ ...Object(body) }, { hello: 'world' });
				const wrong = isInUrl ? script.replace(secret, other) : script;
				const answer = await runScript(wrong, { SECRET: other });
				assert.equal(answer['error'], 'unauthorized');
				assert.equal(receiver.accepted(), 1);
				assert.equal(script.includes('hello=world'), isForm);
			} finally {
				await receiver.close();
			}
		});
	}

	it('without a URL takes it from the environment, with its secret where it has one', async () => {
		const secret = 'A'.repeat(48);
		const receiver = await receiverOf({ kind: 'url-secret' }, secret);
		try {
			const { script } = commandFor({ kind: 'url-secret' });
			const URL = `http://127.0.0.1:${receiver.port}/in/${secret}`;
			assert.deepEqual(Object.keys(await runScript(script, { URL })), ['id']);
		} finally {
			await receiver.close();
		}
	});

	for (const split of SPLITS) {
		it(`is one event of a receiver that splits its requests by ${split}`, async () => {
			const content = '{header:Content-Type}{body}';
			const saved = { kind: 'hmac', content };
			const receiver = await receiverOf(saved, TEXT_SECRET, split);
			try {
				const scheme = findScheme('hmac');
				const url = `http://127.0.0.1:${receiver.port}/in`;
				const command = scheme && pushCommand(scheme, saved, { url, split });
				const answer = await runScript(command?.script ?? '', { SECRET: TEXT_SECRET });
				assert.equal(answer['error'], undefined, JSON.stringify(answer));
				assert.equal(receiver.accepted(), 1);
			} finally {
				await receiver.close();
			}
		});
	}

	it('adds its parameter to those that the URL has', () => {
		const { script } = commandFor({ kind: 'query-key' }, 'https://example.com/in?a=1');
		assert.match(script, /'https:\/\/example\.com\/in\?a=1''&key='"\$KEY"/);
	});

	for (const kind of ['bearer', 'hmac', 'jwks']) {
		it(`${kind}: sends nothing where what it asks for is missing, and names it`, async () => {
			const { script, asks } = commandFor({ kind }, 'http://127.0.0.1:9/in');
			const refused = await run('sh', ['-c', script], { env: { PATH: process.env['PATH'] } }).catch(
				(error: { stderr: string }) => error.stderr,
			);
			assert.match(String(refused), asks === 'token' ? /TOKEN.*export/ : /SECRET.*export/);
		});
	}

	it('shows a token of the issuer where only the issuer can sign', async () => {
		const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
		const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
		const saved = { kind: 'jwt', algs: ['RS256'] };
		const receiver = await receiverOf(saved, pem);
		try {
			const url = `http://127.0.0.1:${receiver.port}/in`;
			const { script, asks } = commandFor(saved, url);
			assert.equal(asks, 'token');
			assert.equal(script, commandFor({ kind: 'jwks' }, url).script);
			const TOKEN = await new SignJWT({})
				.setProtectedHeader({ alg: 'RS256' })
				.setIssuedAt()
				.setExpirationTime('5m')
				.sign(privateKey);
			assert.deepEqual(Object.keys(await runScript(script, { TOKEN })), ['id']);
			const answer = await runScript(script, { TOKEN: `${TOKEN.slice(0, -8)}AAAAAAAA` });
			assert.equal(answer['error'], 'unauthorized');
		} finally {
			await receiver.close();
		}
	});

	it('makes SNS itself send, since nobody else has its key', () => {
		const topics = `arn:aws:sns:eu-west-1:123456789012:one, arn:aws:sns:eu-west-1:123456789012:two`;
		const { script, asks } = commandFor({ kind: 'sns', topics });
		assert.equal(asks, 'sender');
		assert.match(script, /^aws sns publish --topic-arn 'arn:aws:sns:eu-west-1:123456789012:one' /);
	});
});
