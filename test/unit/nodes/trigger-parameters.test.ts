import assert from 'node:assert/strict';
import {
	ManualExecutionCancelledError,
	SystemShutdownExecutionCancelledError,
	TimeoutExecutionCancelledError,
	type IRun,
} from 'n8n-workflow';
import { buffersOf, columnsOf, exportInput } from '../../../nodes/shared/buffer-parameters';
import { outcomeOf, outcomeOfRejection } from '../../../nodes/SluiceTrigger/executions';
import { itemOf } from '../../../nodes/SluiceTrigger/items';
import { onOutput, OUTPUTS, outputsOf, testOutputs } from '../../../nodes/SluiceTrigger/outputs';

const single = {
	bufferName: 'events',
	flushCount: 100,
	flushSeconds: 5,
	data: 'event',
	then: 'workflow',
};
const aBuffer = (name: unknown) => ({ ...single, name });

describe("buffersOf: both forms of the Trigger's parameters", () => {
	it('reads the single buffer', () => {
		assert.deepEqual(
			buffersOf(single).map(({ name, flushCount }) => [name, flushCount]),
			[['events', 100]],
		);
	});

	it('reads several and leaves the single one alone', () => {
		const parameters = {
			...single,
			severalBuffers: true,
			buffers: { values: [aBuffer('a'), aBuffer('b')] },
		};
		assert.deepEqual(
			buffersOf(parameters).map(({ name }) => name),
			['a', 'b'],
		);
	});

	const refused: [name: string, parameters: object][] = [
		['no buffer', { severalBuffers: true, buffers: {} }],
		['an empty name', { ...single, bufferName: ' ' }],
		['a name with a slash, which full ids use', { ...single, bufferName: 'a/b' }],
		[
			'the same name twice',
			{ severalBuffers: true, buffers: { values: [aBuffer('a'), aBuffer('a')] } },
		],
	];
	for (const [name, parameters] of refused) {
		it(`refuses ${name}`, () => {
			assert.throws(() => buffersOf(parameters as Record<string, unknown>), {
				code: 'ERR_CONFIG_INVALID',
			});
		});
	}
});

describe("exportInput: a buffer in core's words", () => {
	const [buffer] = buffersOf(single);

	it('takes conditions, retries and what to do with mapping errors', () => {
		const options = { size: '1MB', retryDelays: '1s, 2m', onMappingError: 'dead' } as const;
		const config = exportInput('w:n', buffer!, options, 'Sensors / Trigger');
		assert.deepEqual(config.conditions, { count: 100, time: '5s', size: '1MB' });
		assert.deepEqual(config.retry?.delaysMs, [1_000, 120_000]);
		assert.equal(config.onMappingError, 'dead');
		assert.equal(config.output, 'event');
		assert.equal(config.label, 'Sensors / Trigger / events');
	});

	it('makes path columns of picked fields', () => {
		const fields = { values: [{ name: 'a', path: 'x.y' }] };
		assert.deepEqual(columnsOf({ data: 'fields', fields }), [
			{ type: 'path', name: 'a', path: 'x.y' },
		]);
		assert.equal(columnsOf({ data: 'event', fields }), undefined);
	});

	it('refuses retry pauses that are none', () => {
		assert.throws(() => exportInput('w:n', buffer!, { retryDelays: 'soon' }, 'w / n'), {
			code: 'ERR_CONFIG_INVALID',
		});
	});
});

describe('outcomeOf: what an execution means for its batch (N54)', () => {
	const run = (status: string, error?: object): IRun =>
		({ status, data: { resultData: { error, runData: {} } } }) as unknown as IRun;
	const cases: [name: string, run: IRun | undefined, kind: string][] = [
		['success', run('success'), 'ack'],
		['waiting, which counts as handed over', run('waiting'), 'ack'],
		['error', run('error', { message: 'x' }), 'retry'],
		['success with an error inside', run('success', { message: 'x' }), 'retry'],
		['crashed', run('crashed'), 'retry'],
		['canceled', run('canceled'), 'retry'],
		['no run at all (N55)', undefined, 'retry'],
	];
	for (const [name, ended, kind] of cases) {
		it(`${name}: ${kind}`, () => assert.equal(outcomeOf(ended).kind, kind));
	}

	it("tells the status and nothing of the workflow's data", () => {
		const outcome = outcomeOf(run('error', { message: 'secret body' }));
		assert.ok(outcome.kind === 'retry');
		assert.match(outcome.error.message, /status error/);
		assert.doesNotMatch(outcome.error.message, /secret/);
	});
});

describe('outcomeOfRejection: what n8n says of an execution that has no end of its own', () => {
	const cases: [error: Error, says: RegExp][] = [
		[new ManualExecutionCancelledError('7'), /stopped by hand/],
		[new TimeoutExecutionCancelledError('7'), /took longer than n8n's timeout/],
		[new SystemShutdownExecutionCancelledError('7'), /n8n shut down/],
		[new Error('secret body'), /could not be started/],
	];
	for (const [error, says] of cases) {
		it(`${error.message}: retry, ${says.source}`, () => {
			const outcome = outcomeOfRejection(error);
			assert.ok(outcome.kind === 'retry');
			assert.match(outcome.error.message, says);
			assert.doesNotMatch(outcome.error.message, /secret/);
		});
	}
});

describe('outputs: one per buffer that starts the workflow', () => {
	const workflow = { then: 'workflow', name: 'w' } as const;
	const forward = { then: 'forward', name: 'f' } as const;
	const item = (n: number) => ({ json: { n } });

	/** As the editor evaluates it. */
	const shown = (parameters: object): unknown[] => {
		const source = /^=\{\{(.*)\}\}$/s.exec(String(OUTPUTS))?.[1] ?? '';
		return new Function('$parameter', `return ${source}`)(parameters) as unknown[];
	};

	it('a buffer that forwards has none, alone or among others', () => {
		assert.deepEqual(outputsOf([forward]), { count: 0, of: [undefined] });
		assert.deepEqual(outputsOf([workflow, forward, workflow]), {
			count: 2,
			of: [0, undefined, 1],
		});
	});

	it('the editor counts the same way', () => {
		for (const buffers of [[workflow], [forward], [forward, workflow], [workflow, forward]]) {
			const { count } = outputsOf(buffers);
			assert.equal(shown({ severalBuffers: true, buffers: { values: buffers } }).length, count);
		}
		assert.equal(shown(workflow).length, 1);
		assert.equal(shown(forward).length, 0);
		assert.equal(shown({ severalBuffers: true }).length, 0);
	});

	it('a test shows an item at each, and what would be forwarded where there is none', () => {
		const items = [[item(0)], [item(1)], []];
		assert.deepEqual(testOutputs([forward, workflow, workflow], items), [[item(1)], []]);
		assert.deepEqual(testOutputs([forward], [[item(0)]]), [[item(0)]]);
	});
});

describe('itemOf: a row as an item', () => {
	const facts = { batchId: 'b', attempt: 2 };

	it('looks like an item of the Webhook node, plus sluice', () => {
		const event = {
			id: 'e',
			receivedAt: 't',
			ip: '::1',
			method: 'POST',
			path: '/p',
			headers: { a: 'b' },
			query: { q: '1' },
			body: [1],
		};
		assert.deepEqual(itemOf(event, true, facts).json, {
			headers: { a: 'b' },
			params: {},
			query: { q: '1' },
			body: [1],
			sluice: { id: 'e', receivedAt: 't', batchId: 'b', attempt: 2 },
		});
	});

	it('is the record of a mapped row, and wraps what is no object', () => {
		assert.deepEqual(itemOf({ a: 1 }, false, facts).json, { a: 1 });
		assert.deepEqual(itemOf([1, 2], false, facts).json, { data: [1, 2] });
		assert.deepEqual(itemOf(null, false, facts).json, { data: null });
	});

	it("leaves by its buffer's output alone", () => {
		const items = [{ json: {} }];
		assert.deepEqual(onOutput(1, 3, items), [[], items, []]);
	});
});
