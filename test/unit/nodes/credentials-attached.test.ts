import assert from 'node:assert/strict';
import path from 'node:path';
import { createSink } from '../../../core/sink/create-sink';
import { isSecretRef } from '../../../core/sink/secret-ref';
import type { INodeType } from 'n8n-workflow';
import { Sluice } from '../../../nodes/Sluice/Sluice.node.js';
import { SluiceTrigger } from '../../../nodes/SluiceTrigger/SluiceTrigger.node.js';
import { forwardTarget, readConfiguration } from '../../../nodes/SluiceTrigger/configuration';
import type { TriggerContext } from '../../../nodes/SluiceTrigger/holder';
import { n8nFolder, storeOf } from '../../../nodes/shared/store';
import { startSinkServer } from '../../support/sink-server';
import { execute } from './sluice-context';
import { filledNode, showsCredential, triggerContext } from './trigger-context';

/** What the editor attaches by itself when a panel is opened that shows these types. */
const ATTACHED = {
	sluiceSignatureApi: { secret: 'of-another-partner' },
	httpHeaderAuth: { name: 'Authorization', value: 'Bearer of-another-partner' },
	httpBearerAuth: { token: 'of-another-partner' },
	httpBasicAuth: { user: 'of', password: 'another-partner' },
	oAuth2Api: { grantType: 'clientCredentials' },
	httpSslAuth: { ca: 'of-another-partner', cert: '', key: '' },
	httpQueryAuth: { name: 'pushkey', value: 'of-another-partner' },
	postgres: { host: 'of-another-partner' },
	sluiceStoreApi: { kind: 'directory', directory: '/of/another/trigger' },
};
const NAMES = Object.keys(ATTACHED);

const shown = (type: INodeType, parameters: object): string[] => {
	const instance = filledNode(type, parameters);
	return NAMES.filter((name) => showsCredential(type, instance, name));
};

const forwarding = { then: 'http', url: 'https://example.com/' };
const several = (more: object, gates: object = {}): object => ({
	severalBuffers: true,
	buffers: { values: [{ name: 'a', ...forwarding, ...more }] },
	...gates,
});

describe('n8n credentials: shown only where a parameter asks for them', () => {
	const cases: [name: string, type: INodeType, parameters: object, expected: string[]][] = [
		['Trigger as it comes', new SluiceTrigger(), {}, []],
		['Trigger with the secret in the URL that forwards', new SluiceTrigger(), forwarding, []],
		['several buffers as they come', new SluiceTrigger(), several({}), []],
		['filled by workflows', new SluiceTrigger(), { startOn: 'workflowItems' }, []],
		[
			'filled by workflows, with what was chosen for pushes before',
			new SluiceTrigger(),
			{ startOn: 'workflowItems', authentication: 'body-jwt', usesSignature: 'yes' },
			[],
		],
		...['alerts', 'deliveryResults'].map((startOn): (typeof cases)[number] => [
			`${startOn}, with what was chosen for pushes and buffers before`,
			new SluiceTrigger(),
			{
				startOn,
				authentication: 'body-jwt',
				usesSignature: 'yes',
				...several({}, { forwardAuth: 'header', forwardSignature: 'credential' }),
			},
			[],
		]),
		['signed pushes', new SluiceTrigger(), { authentication: 'body-jwt' }, ['sluiceSignatureApi']],
		[
			'signed requests',
			new SluiceTrigger(),
			{ ...forwarding, signWith: 'body-jwt' },
			['sluiceSignatureApi'],
		],
		[
			'what was chosen for forwarding, where the workflow is started now',
			new SluiceTrigger(),
			{ then: 'flow', signWith: 'body-jwt', forwardAuth: 'header' },
			[],
		],
		...Object.entries({
			header: 'httpHeaderAuth',
			bearer: 'httpBearerAuth',
			basic: 'httpBasicAuth',
			oauth2: 'oAuth2Api',
		}).map(([forwardAuth, name]): (typeof cases)[number] => [
			`forwarding by ${forwardAuth}`,
			new SluiceTrigger(),
			{ ...forwarding, forwardAuth },
			[name],
		]),
		[
			'several buffers with a secret and a header',
			new SluiceTrigger(),
			several({}, { forwardAuth: 'header', forwardSignature: 'credential' }),
			['sluiceSignatureApi', 'httpHeaderAuth'],
		],
		[
			'forwarding by a proxy that asks for a user',
			new SluiceTrigger(),
			{ ...forwarding, proxyAuthentication: true },
			['httpBasicAuth'],
		],
		[
			'a user that was chosen for forwarding, where the workflow is started now',
			new SluiceTrigger(),
			{ then: 'flow', forwardAuth: 'basic', proxyAuthentication: true },
			[],
		],
		[
			'a dataset',
			new SluiceTrigger(),
			{ then: 'opendatasoft', forwardAuth: 'header' },
			['httpQueryAuth'],
		],
		[
			'several buffers with datasets',
			new SluiceTrigger(),
			several({}, { usesDatasets: true }),
			['httpQueryAuth'],
		],
		[
			'several buffers without one, after a dataset was chosen for the single one',
			new SluiceTrigger(),
			several({}, { then: 'opendatasoft' }),
			[],
		],
		[
			'several buffers with a proxy that asks for a user',
			new SluiceTrigger(),
			several({}, { proxyAuthentication: true }),
			['httpBasicAuth'],
		],
		[
			'several buffers with a user',
			new SluiceTrigger(),
			several({}, { forwardAuth: 'basic' }),
			['httpBasicAuth'],
		],
		[
			'forward now, by a proxy that asks for a user',
			new Sluice(),
			{
				resource: 'item',
				operation: 'forward',
				options: { proxy: 'server' },
				proxyAuthentication: true,
			},
			['httpBasicAuth'],
		],
		[
			'forward now, with a user',
			new Sluice(),
			{ resource: 'item', operation: 'forward', forwardAuth: 'basic' },
			['httpBasicAuth'],
		],
		[
			'forwarding with certificates',
			new SluiceTrigger(),
			{ ...forwarding, provideSslCertificates: true },
			['httpSslAuth'],
		],
		[
			'several buffers with certificates',
			new SluiceTrigger(),
			several({}, { provideSslCertificates: true }),
			['httpSslAuth'],
		],
		[
			'a port of its own, with a certificate of the credential',
			new SluiceTrigger(),
			{ listenOn: 'ownPort', ownTls: 'given' },
			['httpSslAuth'],
		],
		...[
			{ listenOn: 'webhook', ownTls: 'given' },
			{ listenOn: 'ownPort', ownTls: 'files' },
			{ startOn: 'workflowItems', listenOn: 'ownPort', ownTls: 'given' },
			{ then: 'flow', provideSslCertificates: true },
		].map((chosen): (typeof cases)[number] => [
			`certificates that nothing asks for: ${JSON.stringify(chosen)}`,
			new SluiceTrigger(),
			chosen,
			[],
		]),
		['a store', new SluiceTrigger(), { store: 'credential' }, ['sluiceStoreApi']],
		...['map', 'sign', 'verify'].map((operation): (typeof cases)[number] => [
			operation,
			new Sluice(),
			{ resource: 'item', operation },
			operation === 'map' ? [] : ['sluiceSignatureApi'],
		]),
		['forward', new Sluice(), { resource: 'item', operation: 'forward' }, []],
		[
			'push to a dataset',
			new Sluice(),
			{ resource: 'item', operation: 'pushToDataset' },
			['httpQueryAuth'],
		],
		['load a table of SQLite', new Sluice(), { resource: 'item', operation: 'loadTable' }, []],
		[
			'load a table of PostgreSQL',
			new Sluice(),
			{ resource: 'item', operation: 'loadTable', database: 'postgres' },
			['postgres'],
		],
		['a table of SQLite', new SluiceTrigger(), { then: 'table' }, []],
		[
			'a table of PostgreSQL',
			new SluiceTrigger(),
			{ then: 'table', database: 'postgres' },
			['postgres'],
		],
		[
			'a table of PostgreSQL that was chosen before',
			new SluiceTrigger(),
			{ then: 'files', database: 'postgres' },
			[],
		],
		[
			'several buffers with a table of PostgreSQL',
			new SluiceTrigger(),
			several({ then: 'table', database: 'postgres' }, { loadsPostgres: true }),
			['postgres'],
		],
		['write a file', new Sluice(), { resource: 'item', operation: 'writeFile' }, []],
		[
			'forward, signed, with a header',
			new Sluice(),
			{
				resource: 'item',
				operation: 'forward',
				signWith: 'body-jwt',
				forwardAuth: 'header',
				store: 'credential',
			},
			['sluiceSignatureApi', 'httpHeaderAuth'],
		],
		...[
			...['get', 'getAll', 'flush', 'retryNow', 'peek', 'pause', 'disable', 'purge'].map(
				(operation) => ({ resource: 'buffer', operation }),
			),
			...['getAll', 'replay', 'purge'].map((operation) => ({ resource: 'deadLetter', operation })),
			{ resource: 'store', operation: 'backUp' },
		].flatMap((chosen): typeof cases => [
			[`${chosen.resource}.${chosen.operation}`, new Sluice(), chosen, []],
			[
				`${chosen.resource}.${chosen.operation} in another store`,
				new Sluice(),
				{ ...chosen, store: 'credential' },
				['sluiceStoreApi'],
			],
		]),
		['add to a buffer', new Sluice(), { resource: 'buffer', operation: 'add' }, []],
		[
			'add to a buffer in another store',
			new Sluice(),
			{ resource: 'buffer', operation: 'add', store: 'credential' },
			['sluiceStoreApi'],
		],
	];
	for (const [name, type, parameters, expected] of cases) {
		it(`${name}: ${expected.join(', ') || 'none'}`, () =>
			assert.deepEqual(shown(type, parameters), expected));
	}

	for (const type of [new SluiceTrigger(), new Sluice()]) {
		const { displayName, credentials = [], properties } = type.description;

		it(`${displayName}: each hangs on a parameter, and none is shown without it`, () => {
			assert.deepEqual(credentials.map((one) => one.name).sort(), NAMES.toSorted());
			for (const { name, required, displayOptions } of credentials) {
				const [, ...others] = Object.entries(displayOptions?.show ?? {});
				// Where it is to be shown, and not whether.
				const isPlaced = name === 'httpSslAuth' && type instanceof Sluice;
				const place = isPlaced ? [['proxyAuthentication', [true, false]]] : [];
				assert.deepEqual(others, place, name);
				assert.equal(required, true, `${name}: without one the editor says so`);
			}
		});

		it(`${displayName}: the editor moves no parameter into its dialog of credentials`, () => {
			// It does with a field all of whose options have credentials, and with `authentication` without "none".
			for (const { displayOptions } of credentials) {
				for (const [field, values] of Object.entries(displayOptions?.show ?? {})) {
					for (const one of properties.filter(({ name }) => name === field)) {
						const options = (one.options ?? []).map((option) => 'value' in option && option.value);
						const isCovered = options.every((value) => (values as unknown[]).includes(value));
						assert.ok(one.type !== 'options' || !isCovered, field);
					}
				}
			}
		});
	}
});

describe('n8n credentials: one that is merely attached is not read', () => {
	const attached = (parameters: object): TriggerContext =>
		triggerContext({ parameters: { ...parameters }, credentials: ATTACHED });
	const targetOf = async (parameters: object) => {
		const context = attached(parameters);
		const { buffers, options } = await readConfiguration(context);
		return forwardTarget(context, buffers[0]!, options);
	};

	it('the Trigger forwards without header and signature', async () => {
		for (const parameters of [
			forwarding,
			several({}),
			several({ authenticates: true }),
			several({}, { forwardAuth: 'header', forwardSignature: 'credential' }),
		]) {
			const { headers, auth, signatures } = (await targetOf(parameters)).config;
			assert.deepEqual([headers, auth, signatures], [undefined, undefined, []]);
		}
	});

	it('the Trigger forwards with them where it says so', async () => {
		const gates = { forwardAuth: 'header', forwardSignature: 'credential' };
		for (const parameters of [
			{ ...forwarding, signWith: 'body-jwt', forwardAuth: 'header' },
			several({ signWith: 'body-jwt', authenticates: true }, gates),
			several(
				{ signWith: 'body-jwt', authenticates: true },
				{ ...gates, authentication: 'body-jwt' },
			),
		]) {
			const { config, resolveSecret } = await targetOf(parameters);
			assert.doesNotMatch(JSON.stringify(config), /of-another-partner/);
			const { auth } = config;
			assert(auth?.kind === 'header');
			const [signature] = config.signatures ?? [];
			assert(signature?.kind === 'body-jwt');
			const [secret] = signature.secrets;
			assert(isSecretRef(auth.value) && 'secretRef' in auth.value);
			assert(isSecretRef(secret) && 'secretRef' in secret);
			assert.equal(resolveSecret(auth.value.secretRef), 'Bearer of-another-partner');
			assert.equal(resolveSecret(secret.secretRef), 'of-another-partner');
			createSink(config, { resolveSecret });
		}
	});

	it('the Trigger uses certificates where the node and the buffer say so', async () => {
		const gate = { provideSslCertificates: true };
		for (const [parameters, isUsed] of [
			[forwarding, false],
			[{ ...forwarding, ...gate }, true],
			[several({}, gate), false],
			[several({ usesSslCertificates: true }), false],
			[several({ usesSslCertificates: true }, gate), true],
		] as const) {
			const { ca } = (await targetOf(parameters)).config;
			assert.equal(ca, isUsed ? 'of-another-partner' : undefined, JSON.stringify(parameters));
		}
	});

	it('the Trigger keeps its events in the default store, or in the one of the credential', async () => {
		const directory = path.join(n8nFolder(), 'sluice', 'default');
		assert.deepEqual(await storeOf(attached({})), { kind: 'sqlite', directory });
		assert.deepEqual(await storeOf(attached({ store: 'credential' })), {
			kind: 'sqlite',
			directory: '/of/another/trigger',
		});
	});

	it('an expression is no choice', async () => {
		await assert.rejects(storeOf(attached({ store: '={{ "credential" }}' })), {
			code: 'ERR_CONFIG_INVALID',
		});
	});

	it('one that is chosen and missing, or cannot be read, is a fault of the configuration', async () => {
		const gone = new Error('Credential with ID "1" does not exist for type "sluiceStoreApi".');
		for (const credentials of [{}, { sluiceStoreApi: gone }]) {
			const context = triggerContext({ parameters: { store: 'credential' }, credentials });
			await assert.rejects(storeOf(context), {
				code: 'ERR_CONFIG_INVALID',
				stage: 'configure',
				message: /Sluice Store credential/,
			});
		}
	});

	it('the Sluice node forwards without header and signature', async () => {
		const endpoint = await startSinkServer();
		try {
			const o = { resource: 'item', operation: 'forward', credentials: ATTACHED };
			await execute({ ...o, parameters: { url: endpoint.url } });
			const { headers } = endpoint.requests[0] ?? {};
			assert.equal(headers?.['authorization'], undefined);
			assert.equal(headers?.['x-dt-signature'], undefined);
			await execute({ ...o, parameters: { url: endpoint.url, forwardAuth: 'header' } });
			assert.equal(endpoint.requests[1]?.headers['authorization'], 'Bearer of-another-partner');
		} finally {
			await endpoint.close();
		}
	});
});
