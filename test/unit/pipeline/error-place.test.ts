import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { INode } from 'n8n-workflow';
import type { Node } from 'node-red';

import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { errorPlace, locatedError } from '../../../core/error-place';
import { BufferError, CoreError, MappingError } from '../../../core/errors';
import { createEvent } from '../../../core/event/create-event';
import { compileMapping } from '../../../core/mapping/mapping';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import type { Logger } from '../../../core/runtime/logger';
import { onInput } from '../../../node-red/runtime/input';
import { toNodeError } from '../../../nodes/shared/errors';
import { FakeClock } from '../../support/fake-clock';
import { HOLDER, OPEN, aPush, anExportInput } from '../../support/pipeline-fixtures';

const CONTENT = 'local f(x) = x.missing;\n{ a: f(Body()) }';
const PLACE = 'column "t", 1:14-23 in function <f>, 2:6-15 in field <a>';

const column = (content: string) =>
	({ type: 'template', name: 't', template: { language: 'jsonnet', content } }) as const;

function failure(content: string, body: unknown = { a: 1 }): CoreError {
	const event = createEvent({
		headers: { 'content-type': 'application/json' },
		body: typeof body === 'string' ? body : Buffer.from(JSON.stringify(body)),
	});
	try {
		compileMapping({ columns: [column(content)] }).renderRecord(event);
	} catch (error) {
		assert.ok(error instanceof CoreError);
		return error;
	}
	assert.fail('no error');
}

describe('the place of a mapping error', () => {
	it('is the column, and the lines and functions of the template', () => {
		assert.equal(errorPlace(failure(CONTENT)), PLACE);
	});

	it('is the column alone where it has no template', () => {
		const columns = [{ type: 'path', name: 'p', path: 'x' }] as const;
		const event = createEvent({ body: { a: 1 } });
		assert.throws(
			() => compileMapping({ columns }).renderRecord(event),
			(error: CoreError) => errorPlace(error) === 'column "p"',
		);
	});

	it('is told for a body that a template cannot read', () => {
		const error = failure('local b = Body();\nb.x', '{"a":');
		assert.equal(error.code, 'ERR_BODY_UNREADABLE');
		assert.equal(errorPlace(error), 'column "t", 1:11-17 in $');
	});

	it('shows four frames of a deep stack', () => {
		const error = failure('local f(n) = if n == 0 then error "deep" else 1 + f(n - 1); f(40)');
		assert.equal(errorPlace(error)?.split(', ').length, 6);
		assert.match(String(errorPlace(error)), /, …$/);
	});

	it('is nothing for other errors, and for details that look alike', () => {
		const other = new BufferError('ERR_QUOTA', 'full');
		assert.equal(errorPlace(other), undefined);
		assert.equal(locatedError(other), other);
		const odd = new MappingError('ERR_COLUMN_VALUE', 'x', {
			details: { column: 3, frames: [null, 'x', { place: 1 }] },
		});
		assert.equal(errorPlace(odd), undefined);
	});
});

describe('who is told the place of a mapping error', () => {
	const lines: string[] = [];
	let store: Store;
	let pipeline: Pipeline;

	beforeEach(async () => {
		lines.length = 0;
		const log = (message: string) => void lines.push(message);
		const logger: Logger = { debug() {}, info: log, warn: log, error: log };
		const clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		pipeline = await openPipeline({ store, clock, logger });
	});

	afterEach(async () => {
		await pipeline.close();
		await store.close();
	});

	const attach = (onMappingError: 'reject' | 'dead') =>
		pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput({ columns: [column(CONTENT)], onMappingError }) }],
			HOLDER,
		).ready;

	it('the log, not the sender', async () => {
		await attach('reject');
		const { status, body } = await pipeline.accept('r1', aPush());
		assert.deepEqual(
			[status, JSON.parse(body)],
			[400, { error: 'ERR_TEMPLATE_RUNTIME', message: 'Field does not exist: missing' }],
		);
		assert.deepEqual(lines, [
			`receiver "node one" (r1) refused a request: ERR_TEMPLATE_RUNTIME at buffer "main", ${PLACE}`,
		]);
	});

	it('the dead letter', async () => {
		await attach('dead');
		assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		const [letter] = await store.deadLetters();
		assert.equal(letter?.error.message, `Field does not exist: missing (${PLACE})`);
	});

	it('the panel of n8n', () => {
		const error = toNodeError({ name: 'x', type: 'x' } as INode, failure(CONTENT));
		assert.equal(error.message, 'Field does not exist: missing');
		assert.ok(error.description?.includes(PLACE), String(error.description));
	});

	it('catch nodes and the log of Node-RED', async () => {
		const node = new EventEmitter() as unknown as Node;
		const report = { worked() {}, failed() {}, late() {} };
		onInput(node, report, () => {
			throw failure(CONTENT);
		});
		const error = await new Promise<Error>((resolve) =>
			(node as unknown as EventEmitter).emit('input', {}, () => {}, resolve),
		);
		assert.ok(error instanceof MappingError);
		assert.equal(error.code, 'ERR_TEMPLATE_RUNTIME');
		assert.equal(error.message, `Field does not exist: missing (${PLACE})`);
	});
});
