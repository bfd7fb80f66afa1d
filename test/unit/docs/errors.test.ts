import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, CoreError, ERROR_CODES } from '../../../core/errors';

describe('errors', () => {
	it('each has its line in docs/errors.md, and nothing else has', () => {
		const page = readFileSync(path.join(__dirname, '../../../docs/errors.md'), 'utf8');
		const documented = [...page.matchAll(/^\| `(ERR_\w+)`/gm)].map(([, code]) => code);
		assert.deepEqual([...documented].sort(), [...ERROR_CODES].sort());
	});

	it('each is raised somewhere: a code that nothing raises is a promise that nobody keeps', () => {
		const core = path.join(__dirname, '../../../core');
		const sources = readdirSync(core, { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
			.map((file) => readFileSync(path.join(core, file), 'utf8'))
			.join('\n');
		// A ConfigError gives its code by itself.
		const raised = ERROR_CODES.filter(
			(code) => code === 'ERR_CONFIG_INVALID' || sources.includes(`'${code}'`),
		);
		assert.deepEqual(raised, ERROR_CODES);
	});

	it('show the same 401 for every failed authentication', () => {
		const codes = ERROR_CODES.filter((code) => new CoreError(code, '').status === 401);
		assert.equal(codes.length, 12);
	});

	it('a ConfigError names path, bound and what was found, shortened', () => {
		const error = new ConfigError(
			'conditions.count',
			'a whole number from 1 to 10',
			'x'.repeat(100),
		);
		assert.match(
			error.message,
			/^conditions\.count: expected a whole number from 1 to 10, got "x{57}…"$/,
		);
		assert.equal(error.retryable, false);
	});
});
