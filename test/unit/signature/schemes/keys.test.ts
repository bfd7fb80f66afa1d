/** Schemes in which the sender shows the secret itself. */
import assert from 'node:assert/strict';
import { authenticate, secretPartsOf } from '../../../../core/signature/authenticate';
import type { SchemeConfig } from '../../../../core/signature/schemes/index';
import type { SignedRequest } from '../../../../core/signature/schemes/scheme';
import { validateAuth } from '../../../../core/signature/validate-schemes';

const [NEW, OLD] = ['new-käse: 1', 'old'];
const secrets = [NEW, OLD];
const basicOf = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

type Place = Pick<SignedRequest, 'headers' | 'query'>;
const inHeader =
	(name: string) =>
	(...values: string[]): Place => ({ headers: { [name]: values } });

interface Row {
	readonly config: SchemeConfig;
	readonly place: (...values: string[]) => Place;
	/** How a secret is written there. */
	readonly write: (secret: string) => string;
	/** What is no key at all there. */
	readonly none: readonly string[];
	readonly parts: { headers: string[]; query: string[] };
	readonly challenge?: string;
}

const ROWS: readonly Row[] = [
	{
		config: { kind: 'header-key', secrets },
		place: inHeader('x-api-key'),
		write: (secret) => secret,
		none: [''],
		parts: { headers: ['x-api-key'], query: [] },
	},
	{
		config: { kind: 'header-key', secrets, header: 'Authorization', prefix: 'Apikey ' },
		place: inHeader('authorization'),
		write: (secret) => `Apikey ${secret}`,
		none: ['', 'Apikey ', NEW, `apikey ${NEW}`],
		parts: { headers: ['authorization'], query: [] },
	},
	{
		config: { kind: 'bearer', secrets },
		place: inHeader('authorization'),
		write: (secret) => `bearer  ${secret}`,
		none: ['', 'Bearer', 'Bearer ', `Basic ${NEW}`, NEW],
		parts: { headers: ['authorization'], query: [] },
		challenge: 'Bearer',
	},
	{
		config: { kind: 'basic', secrets, user: 'ü' },
		place: inHeader('authorization'),
		write: (secret) => basicOf(`ü:${secret}`),
		none: ['', 'Basic', basicOf('ü'), basicOf('ü:'), `Bearer ${NEW}`, 'Basic ***'],
		parts: { headers: ['authorization'], query: [] },
		challenge: 'Basic realm="sluice", charset="UTF-8"',
	},
	{
		config: { kind: 'query-key', secrets, parameter: 'pushkey' },
		place: (...values) => ({ headers: {}, query: { pushkey: values, other: [NEW] } }),
		write: (secret) => secret,
		none: [''],
		parts: { headers: [], query: ['pushkey'] },
	},
];

describe('schemes that show a secret', () => {
	for (const { config, place, write, none, parts, challenge } of ROWS) {
		const verify = (given: Place, way: SchemeConfig = config) =>
			authenticate({ method: 'POST', body: new Uint8Array(), now: 0, ...given }, [way]);
		const refused = (given: Place, reason: string, way?: SchemeConfig) =>
			assert.rejects(verify(given, way), { status: 401, details: { reason } }, reason);

		it(`${JSON.stringify(config)} accepts each of its secrets and nothing else`, async () => {
			assert.deepEqual(await verify(place(write(NEW))), { secretAt: 0 });
			assert.deepEqual(await verify(place(write(OLD))), { secretAt: 1 });
			for (const wrong of ['x', `${NEW}x`, NEW.slice(1), 'x'.repeat(100_000), 'undefined']) {
				await refused(place(write(wrong)), 'wrong_key');
			}
			for (const nothing of none) await refused(place(nothing), 'missing_key');
			await refused({ headers: {} }, 'missing_key');
			await refused(place(write(NEW), write(NEW)), 'several_keys');
			await refused(place(write('x'), write(NEW)), 'several_keys');
			for (const empty of [[], [''], [undefined], [null]] as unknown as string[][]) {
				const way = { ...config, secrets: empty } as SchemeConfig;
				for (const text of ['', 'undefined', 'null']) {
					await refused(place(write(text)), 'empty_secret', way);
				}
			}
		});

		it(`${JSON.stringify(config)} keeps them out of events, and says what it wants`, async () => {
			assert.deepEqual(secretPartsOf([config]), { ...parts, texts: [] });
			await assert.rejects(verify({ headers: {} }), (error: { challenges?: unknown }) => {
				assert.deepEqual(error.challenges, challenge === undefined ? [] : [challenge]);
				return true;
			});
		});
	}

	it('asks for the user as well as for the password', async () => {
		const headers = { authorization: [basicOf(`other:${NEW}`)] };
		const request = { method: 'POST', headers, body: new Uint8Array(), now: 0 };
		await assert.rejects(authenticate(request, [{ kind: 'basic', secrets, user: 'ü' }]), {
			details: { reason: 'wrong_user' },
		});
		// By itself it is the user that the documentation names.
		const own = { authorization: [basicOf(`sluice:${NEW}`)] };
		await authenticate({ ...request, headers: own }, [{ kind: 'basic', secrets }]);
	});

	it('refuses names that are none', () => {
		const bad = (config: SchemeConfig, place: string) =>
			assert.throws(
				() => validateAuth([config], 'a'),
				new RegExp(`^ConfigError: a\\[0\\]\\.${place}: `),
			);
		bad({ kind: 'basic', secrets, user: 'a:b' }, 'user');
		bad({ kind: 'query-key', secrets, parameter: 'a[b]' }, 'parameter');
		bad({ kind: 'header-key', secrets, header: 'a b' }, 'header');
	});
});
