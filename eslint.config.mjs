import { readdirSync } from 'node:fs';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const hosts = ['n8n-*', 'n8n-*/**', 'node-red', 'node-red/**', '@node-red/*', '@node-red/**'];

/** A bundled library is imported in the one place that wraps it (style 3.3). */
const wrapped = {
	axios: 'core/sink/http/transport.ts wraps axios',
	jose: 'core/signature wraps jose',
	pg: 'core/postgres wraps pg',
	zod: 'core/api describes what it takes and answers by zod',
};

function restrict(files, { patterns = [], libraries = Object.keys(wrapped), ignores = [] }) {
	return {
		files,
		ignores,
		rules: {
			'@typescript-eslint/no-restricted-imports': [
				'error',
				{
					patterns: [
						...patterns,
						...libraries.map((name) => ({ group: [name, `${name}/**`], message: wrapped[name] })),
					],
				},
			],
		},
	};
}

/** Direction inside core (architecture, section 3): a room or file may import only what stands before it here, by types either. */
const order = [
	'message-text.ts',
	'errors.ts',
	'error-place.ts',
	'describe-thrown.ts',
	'certificate-fault.ts',
	'pure',
	'config-path.ts',
	'check-value.ts',
	'check-headers.ts',
	'runtime',
	'postgres',
	'event',
	'jsonnet',
	'signature',
	'mapping',
	'config.ts',
	'buffer',
	'secrets',
	'sink',
	'delivery',
	'health',
	'metrics',
	'alerts',
	'receiver',
	'definitions',
	'pipeline',
	'settings',
	'operate',
	'api',
	'index.ts',
];
const unlisted = readdirSync(new URL('core', import.meta.url)).filter(
	(name) => !order.includes(name),
);
if (unlisted.length > 0)
	throw new Error(`core/${unlisted.join(', core/')}: no place in the order of rooms`);
const zones = order.flatMap((target, place) =>
	order.slice(place + 1).map((later) => ({
		target: `./core/${target}`,
		from: `./core/${later}`,
		message: `core/${target} may not import what builds on it`,
	})),
);

export default tseslint.config(
	{ ignores: ['dist/**', 'resources/**', 'node_modules/**', '.cache/**', 'coverage/**'] },
	{
		files: ['**/*.ts'],
		extends: [...tseslint.configs.strict],
		languageOptions: { parserOptions: { projectService: true } },
		plugins: { 'import-x': importX },
		settings: {
			'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
			'import-x/resolver': { typescript: true },
		},
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/return-await': ['error', 'in-try-catch'],
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
			],
			'@typescript-eslint/no-dynamic-delete': 'off',
			'@typescript-eslint/no-empty-function': 'off',
			'@typescript-eslint/no-invalid-void-type': 'off',
			'import-x/no-default-export': 'error',
			'import-x/no-restricted-paths': ['error', { zones }],
			'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
			eqeqeq: ['error', 'always', { null: 'ignore' }],
		},
	},
	{ files: ['node-red/**/*.ts', 'scripts/**'], rules: { 'import-x/no-default-export': 'off' } },
	{
		files: ['test/**/*.ts'],
		rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'max-lines': 'off' },
	},
	{
		files: ['core/**/*.ts', 'cli/**/*.ts', 'nodes/**/*.ts', 'node-red/**/*.ts'],
		ignores: ['core/buffer/stores/sqlite/descriptor.ts'],
		rules: {
			'no-restricted-syntax': [
				'error',
				...[
					"ImportDeclaration[source.value='node:fs'] ImportSpecifier[imported.name=/^(open|close)(Sync)?$/]",
					'MemberExpression[property.name=/^(open|close)Sync$/]',
				].map((selector) => ({ selector, message: 'the class Descriptor holds descriptors' })),
				{
					selector: "CallExpression[callee.object.name='Symbol'][callee.property.name='for']",
					message: 'processShared holds what a process shares',
				},
			],
		},
	},
	restrict(['core/**/*.ts'], {
		patterns: [{ group: hosts, message: 'core knows no host' }],
		ignores: [
			'core/sink/http/transport.ts',
			'core/signature/**',
			'core/postgres/**',
			'core/api/**',
		],
	}),
	restrict(['core/sink/http/transport.ts'], {
		patterns: [{ group: hosts, message: 'core knows no host' }],
		libraries: ['jose', 'pg', 'zod'],
	}),
	restrict(['core/signature/**/*.ts'], {
		patterns: [{ group: hosts, message: 'core knows no host' }],
		libraries: ['axios', 'pg', 'zod'],
	}),
	restrict(['core/postgres/**/*.ts'], {
		patterns: [{ group: hosts, message: 'core knows no host' }],
		libraries: ['axios', 'jose', 'zod'],
	}),
	restrict(['core/api/**/*.ts'], {
		patterns: [{ group: hosts, message: 'core knows no host' }],
		libraries: ['axios', 'jose', 'pg'],
	}),
	restrict(['node-red/editor/**/*.ts'], {
		patterns: [
			{
				group: [
					'**/core/*',
					'**/core/*/**',
					'!**/core/pure',
					'!**/core/pure/*',
					'!**/core/pure/*/*',
				],
				message: 'a browser cannot load more of core than core/pure',
			},
			{
				group: ['n8n-*', '**/nodes/**', '**/credentials/**'],
				message: 'the hosts do not know each other',
			},
		],
	}),
	restrict(['node-red/**/*.ts'], {
		ignores: ['node-red/editor/**'],
		patterns: [
			{ group: ['**/core/*', '!**/core/index'], message: 'hosts import core/index alone' },
			{ group: ['**/core/*/**'], message: 'hosts import core/index alone' },
			{
				group: ['n8n-*', '**/nodes/**', '**/credentials/**'],
				message: 'the hosts do not know each other',
			},
		],
	}),
	restrict(['cli/**/*.ts'], {
		patterns: [
			{ group: ['**/core/*', '!**/core/index'], message: 'the tool imports core/index alone' },
			{ group: ['**/core/*/**'], message: 'the tool imports core/index alone' },
			{ group: hosts, message: 'the tool knows no host' },
		],
	}),
	restrict(['nodes/**/*.ts', 'credentials/**/*.ts'], {
		patterns: [
			{ group: ['**/core/*', '!**/core/index'], message: 'hosts import core/index alone' },
			{ group: ['**/core/*/**'], message: 'hosts import core/index alone' },
			{
				group: ['node-red', 'node-red/**', '@node-red/**', '**/node-red/**'],
				message: 'the hosts do not know each other',
			},
		],
	}),
	{
		...communityNodes.configs.recommendedWithoutN8nCloudSupport,
		files: ['nodes/**/*.node.ts', 'credentials/**/*.credentials.ts'],
	},
	{
		...communityNodes.configs.recommendedWithoutN8nCloudSupport,
		files: ['package.json'],
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { extraFileExtensions: ['.json'] },
		},
		rules: {
			...communityNodes.configs.recommendedWithoutN8nCloudSupport.rules,
			// Takes the node type sluice-secret for a secret.
			'@n8n/community-nodes/no-hardcoded-secrets': 'off',
		},
	},
);
