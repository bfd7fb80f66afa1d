import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import { credentialTests } from '../../../nodes/shared/credential-tests';

const ROOT = path.join(__dirname, '../../..');
const { n8n, name } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
	name: string;
	n8n: { n8nNodesApiVersion: number; nodes: string[]; credentials: string[] };
};

/** A connection string holds the password too. */
const SECRETS = [
	'secret',
	'previousSecret',
	'secret2',
	'secret3',
	'verifyToken',
	'password',
	'connectionString',
];

/** n8n has tests of its own for these, or none. */
const OF_N8N = [
	...['httpHeaderAuth', 'httpBearerAuth', 'httpBasicAuth', 'oAuth2Api', 'httpSslAuth'],
	'httpQueryAuth',
	'postgres',
];

const sources = (pattern: string): string[] =>
	globSync(pattern, { cwd: ROOT }).map((file) => file.split(path.sep).join('/'));
const built = (file: string): string => `dist/${file.replace(/\.ts$/, '.js')}`;

async function load<T>(file: string): Promise<T> {
	const className = path.basename(file).split('.')[0] ?? '';
	const exported = (await import(path.join(ROOT, file.replace(/\.ts$/, '.js')))) as Record<
		string,
		new () => T
	>;
	const found = exported[className];
	assert.ok(found, `${file} exports the class ${className} (N28)`);
	return new found();
}

const nodeFiles = sources('nodes/**/*.node.ts');
const credentialFiles = sources('credentials/**/*.credentials.ts');

describe('the n8n part of package.json', () => {
	it('lists every node and credential, and nothing else (N42)', () => {
		assert.equal(n8n.n8nNodesApiVersion, 1);
		assert.deepEqual([...n8n.nodes].sort(), nodeFiles.map(built).sort());
		assert.deepEqual([...n8n.credentials].sort(), credentialFiles.map(built).sort());
	});

	it('has no file elsewhere that the loader would take for a node (N30)', () => {
		assert.deepEqual(sources('{core,node-red}/**/*.{node,credentials}.ts'), []);
	});
});

for (const file of nodeFiles) {
	describe(`n8n node ${path.basename(file, '.ts')}`, () => {
		it('is described as its files and credentials say', async () => {
			const node = await load<INodeType>(file);
			const { description } = node;
			const codex = JSON.parse(
				readFileSync(path.join(ROOT, `${file.slice(0, -3)}.json`), 'utf8'),
			) as {
				node: string;
				categories: string[];
				alias: string[];
				resources: { primaryDocumentation: { url: string }[] };
			};
			assert.equal(codex.node, `${name}.${description.name}`);
			assert.ok(codex.alias.includes('store and forward'));
			assert.ok(codex.categories.length > 0 && codex.resources.primaryDocumentation[0]?.url);
			const known = await Promise.all(credentialFiles.map((one) => load<ICredentialType>(one)));
			const credentials = description.credentials ?? [];
			const ours = credentials.filter((one) => !OF_N8N.includes(one.name));
			assert.equal(credentials.length, ours.length + OF_N8N.length);
			for (const credential of ours) {
				assert.ok(
					known.some((one) => one.name === credential.name),
					credential.name,
				);
				assert.equal(typeof credential.testedBy, 'string', credential.name);
				assert.ok(node.methods?.credentialTest?.[credential.testedBy as string], credential.name);
			}
		});

		it('has descriptions of one kind: no default outside its options, no name twice where both would show', async () => {
			const { description } = await load<INodeType>(file);
			for (const property of description.properties) {
				// Those of a list that is loaded are not known here.
				if (property.type !== 'options' || property.typeOptions?.loadOptionsMethod) continue;
				const values = (property.options ?? []).map((one) => 'value' in one && one.value);
				assert.ok(values.includes(property.default as string), property.name);
			}
			const shown = description.properties.map((one) =>
				JSON.stringify([one.name, one.displayOptions]),
			);
			assert.equal(new Set(shown).size, shown.length);
		});
	});
}

describe('the triggers that n8n lists of SluiceTrigger', () => {
	/** As the editor finds them (useActionsGeneration.ts): by the label of the parameter, one for each of its options. */
	const LABELS = ['event', 'events', 'trigger on'];

	it('are the choices of Trigger On, each with a name of its own', async () => {
		const file = nodeFiles.find((one) => one.includes('SluiceTrigger')) ?? '';
		const { displayName, properties } = (await load<INodeType>(file)).description;
		assert.match(displayName, /trigger/i);
		const found = properties.find((one) => LABELS.includes(one.displayName.toLowerCase()));
		assert.equal(found?.name, 'startOn');
		const named = (found.options ?? []).map((one) => 'action' in one && one.action);
		assert.deepEqual(named, [
			'On events pushed',
			'On items added by workflows',
			'On alerts',
			'On delivery results',
		]);
		// Then they are shown with the actions of the node that is called the same without "Trigger".
		const { description } = await load<INodeType>(nodeFiles.find((one) => one !== file) ?? '');
		assert.equal(description.name, 'sluiceTrigger'.replace('Trigger', ''));
	});
});

describe('n8n credentials', () => {
	for (const file of credentialFiles) {
		it(`${path.basename(file, '.credentials.ts')} says where to read on and hides what is secret`, async () => {
			const credential = await load<ICredentialType>(file);
			assert.match(credential.name, /^sluice[A-Z]\w+Api$/);
			assert.ok(URL.canParse(credential.documentationUrl ?? ''));
			for (const property of credential.properties) {
				const isSecret = SECRETS.includes(property.name);
				assert.equal(property.typeOptions?.password ?? false, isSecret, property.name);
			}
			const { light, dark } = credential.icon as { light: string; dark: string };
			assert.notEqual(light, dark);
		});
	}

	const test = (name: keyof typeof credentialTests, data: Record<string, string>) =>
		credentialTests[name].call({} as never, { id: '1', name: 'c', type: 't', data });

	for (const { name, data, status, message } of [
		{ name: 'testSignature', data: { secret: 's' }, status: 'OK', message: /can sign/ },
		{ name: 'testSignature', data: { secret: ' ' }, status: 'Error', message: /empty/ },
		{ name: 'testSignature', data: { secret: ' s\n' }, status: 'OK', message: /can sign/ },
		{
			name: 'testSignature',
			data: { secret: `hidden-1${'x'.repeat(16_384)}` },
			status: 'Error',
			message: /1 to 16,?384 characters/,
		},
		{
			name: 'testSignature',
			data: { secret: 's', previousSecret: 'hidden-1\nb' },
			status: 'Error',
			message: /control characters/,
		},
		{
			name: 'testSignature',
			data: { secret: 's', previousSecret: 's' },
			status: 'Error',
			message: /the secret itself/,
		},
		{
			name: 'testStore',
			data: { directory: '/tmp/sluice-not-there/yet' },
			status: 'OK',
			message: /kept in \/tmp\/sluice-not-there\/yet/,
		},
		{ name: 'testStore', data: { directory: __filename }, status: 'Error', message: /is a file/ },
		{
			name: 'testStore',
			data: { directory: `${__filename}/below` },
			status: 'Error',
			message: /cannot write to .* \(ENOTDIR\)/,
		},
		{ name: 'testStore', data: { directory: '' }, status: 'OK', message: /sluice.default/ },
		{
			name: 'testStore',
			data: { kind: 'postgres', host: '', password: 'hidden-1' },
			status: 'Error',
			message: /^host: expected at least 1 character/,
		},
		{
			name: 'testStore',
			// A folder without a socket: nobody is asked.
			data: { kind: 'postgres', host: '/nowhere', database: 'd', user: 'u', password: 'hidden-1' },
			status: 'Error',
			message: /^PostgreSQL: .*\(ENOENT\)/,
		},
	] as const) {
		it(`${name} says ${status} to ${JSON.stringify(data).replace(/^(.{60}).*/, '$1…')}`, async () => {
			const result = await test(name, data);
			assert.equal(result.status, status);
			assert.match(result.message, message);
			assert.doesNotMatch(result.message, /hidden-1/);
		});
	}
});
