import assert from 'node:assert/strict';
import { DIALECTS } from '../../../core/api/dialects';
import { declaredStatuses, openApiOf } from '../../../core/api/openapi';
import { compilePattern } from '../../../core/api/pattern';
import { isChange } from '../../../core/api/route';
import { Router } from '../../../core/api/router';
import { ERROR_CODES, CoreError } from '../../../core/errors';
import { InputError } from '../../../core/api/input-error';
import { refusalOf } from '../../../core/api/refusal';

/** What holds for every table. */
for (const dialect of DIALECTS) {
	describe(`the table of ${dialect.name}`, () => {
		it('says the same in its document: each operation once, with its parameters and answers', () => {
			const document = JSON.parse(JSON.stringify(openApiOf(dialect, '1.0.0')));
			assert.equal(document.openapi, '3.1.0');
			const told = Object.values<object>(document.paths).flatMap((item) => Object.values(item));
			assert.deepEqual(
				told.map(({ operationId }) => operationId).sort(),
				dialect.routes.map(({ operation }) => operation).sort(),
			);
			for (const [path, item] of Object.entries<object>(document.paths)) {
				for (const { parameters, responses, operationId } of Object.values(item)) {
					const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
					const inPath = parameters.filter((one: { in: string }) => one.in === 'path');
					assert.deepEqual(
						inPath.map(({ name }: { name: string }) => name),
						named,
					);
					const route = dialect.routes.find(({ operation }) => operation === operationId);
					assert.ok(route);
					assert.deepEqual(
						Object.keys(responses).map(Number).sort(),
						[...declaredStatuses(dialect, route)].sort(),
					);
				}
			}
			// References lead to what is there.
			for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
				assert.equal(ref, '#/components/schemas/Error');
			}
		});

		it('lies below its places, and nothing in it is ambiguous', () => {
			assert.doesNotThrow(() => new Router(dialect));
			for (const { pattern } of dialect.routes) {
				const isServed = dialect.places.some(
					({ path, prefix }) =>
						pattern === path || pattern === prefix || pattern.startsWith(`${prefix}/`),
				);
				assert.ok(isServed, pattern);
			}
		});

		it('lets nobody change anything without a role, nor limit what it does not name', () => {
			for (const route of dialect.routes) {
				if (route.method !== 'GET') assert.notEqual(route.scope, 'view', route.operation);
				assert.equal(isChange(route) && route.scope === 'open', false, route.operation);
				const known = compilePattern(route.pattern).parameters;
				const inPath = Object.keys(route.input.path?.shape ?? {});
				assert.ok(
					inPath.every((name) => known.includes(name)),
					route.operation,
				);
			}
		});

		it('writes every error in its own form, and shows none of what is secret', () => {
			const issue = { in: 'body', path: ['a'], problem: 'form', expected: 'x', given: 's3cret' };
			const errors = [
				new Error('s3cret'),
				new InputError([issue as never]),
				...ERROR_CODES.map((code) => new CoreError(code, 'a message')),
			];
			for (const error of errors) {
				const { status, json } = dialect.errorForm.write(refusalOf(error, { path: '/x' }));
				assert.ok(dialect.errorForm.schema.safeParse(json).success, JSON.stringify(json));
				assert.ok(status >= 400 && status < 600);
				assert.doesNotMatch(JSON.stringify(json), /s3cret/);
			}
		});
	});
}
