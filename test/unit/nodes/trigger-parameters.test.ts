import assert from 'node:assert/strict';
import {
	ManualExecutionCancelledError,
	SystemShutdownExecutionCancelledError,
	TimeoutExecutionCancelledError,
	type IRun,
} from 'n8n-workflow';
import { SINK_KINDS } from '../../../core/index';
import { buffersOf, exportInput } from '../../../nodes/shared/buffer-parameters';
import { singleBufferParameters } from '../../../nodes/SluiceTrigger/description/buffer';
import { outcomeOf, outcomeOfRejection } from '../../../nodes/SluiceTrigger/executions';
import { alertItem, eventItem, rowItem } from '../../../nodes/SluiceTrigger/items';
import { onOutput, OUTPUTS, outputsOf, testOutputs } from '../../../nodes/SluiceTrigger/outputs';
import { TOLD } from '../../../nodes/SluiceTrigger/start-on';

const single = {
	bufferName: 'events',
	flushCount: 100,
	flushSeconds: 5,
	data: 'event',
	then: 'flow',
};
const aBuffer = (name: unknown) => ({ ...single, name });

describe("buffersOf: both forms of the Trigger's parameters", () => {
	it('reads the single buffer', () => {
		assert.deepEqual(
			buffersOf(single).map(({ name, flushCount }) => [name, flushCount]),
			[['events', 100]],
		);
	});

	it('offers and takes kinds of destinations in the order of core, and no other', () => {
		const offered = singleBufferParameters.find(({ name }) => name === 'then')?.options ?? [];
		const kinds = offered.flatMap((one) => ('value' in one ? [String(one.value)] : []));
		assert.deepEqual(kinds, SINK_KINDS);
		for (const then of kinds) assert.equal(buffersOf({ ...single, then })[0]?.then, then);
		assert.throws(() => buffersOf({ ...single, then: 'workflow' }), {
			code: 'ERR_CONFIG_INVALID',
			message: 'then: expected one of http, opendatasoft, table, files, flow, got "workflow"',
		});
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
		const options = { size: '1MB', onMappingError: 'dead' } as const;
		const deliveryOptions = { retry: 'list', retryDelays: '1s, 2m' };
		const config = exportInput(
			'w:n',
			{ ...buffer!, deliveryOptions },
			options,
			'Sensors / Trigger',
		);
		assert.deepEqual(config.conditions, { count: 100, timeMs: 5_000, sizeBytes: 1_048_576 });
		assert.deepEqual(config.retry?.delaysMs, [1_000, 120_000]);
		assert.equal(config.onMappingError, 'dead');
		assert.equal(config.output, 'event');
		assert.equal(config.label, 'Sensors / Trigger / events');
		const { conditions } = exportInput('w:n', buffer!, { size: '' }, 'w / n');
		assert.deepEqual(conditions, { count: 100, timeMs: 5_000, sizeBytes: 5 * 1_048_576 });
	});

	it('keeps of a column what its type has, and of the data what was chosen', () => {
		const data = {
			fields: { values: [{ name: 'f', path: 'x.y' }] },
			columns: {
				values: [
					{ name: 'p', type: 'path', path: 'a', defaultValue: '', template: '=1' },
					{ name: 'd', type: 'path', path: 'b', defaultValue: '-' },
					{ name: 't', type: 'template', path: 'a', template: '1' },
					{ name: 'i', type: 'id', path: 'a' },
				],
			},
		} as const;
		const columns = (kind: 'event' | 'fields' | 'columns') =>
			exportInput('w:n', { ...buffer!, ...data, data: kind }, {}, 'w / n').columns;
		assert.equal(columns('event'), undefined);
		assert.deepEqual(columns('fields'), [{ type: 'path', name: 'f', path: 'x.y' }]);
		const left = { values: [{ name: 'l', type: 'template', template: '=1' }] } as const;
		assert.ok(exportInput('w:n', { ...buffer!, columns: left }, {}, 'w / n'));
		assert.deepEqual(columns('columns'), [
			{ type: 'path', name: 'p', path: 'a' },
			{ type: 'path', name: 'd', path: 'b', defaultValue: '-', rawString: true },
			{ type: 'template', name: 't', template: { language: 'jsonnet', content: '1' } },
			{ type: 'id', name: 'i' },
		]);
	});

	const wrong: [path: string, parameters: object, options?: object][] = [
		['deliveryOptions.retryDelays', { deliveryOptions: { retry: 'list', retryDelays: 'soon' } }],
		['options.size', {}, { size: '1B' }],
		['options.onMappingError', {}, { onMappingError: 'drop' }],
		['flushCount', { flushCount: 0 }],
		['flushSeconds', { flushSeconds: 0 }],
		['fields[0].name', { data: 'fields', fields: { values: [{ name: '', path: '' }] } }],
		[
			'columns[0].template',
			{ data: 'columns', columns: { values: [{ name: 'a', type: 'template', template: '=1' }] } },
		],
	];
	for (const [path, parameters, options = {}] of wrong) {
		it(`names ${path} as the dialog does`, () => {
			const [one] = buffersOf({ ...single, ...parameters });
			assert.throws(() => exportInput('w:n', one!, options, 'w / n'), {
				code: 'ERR_CONFIG_INVALID',
				message: new RegExp(`^${path.replace(/[[\]]/g, '.')}: `),
			});
		});
	}

	it('says which of several buffers is meant', () => {
		const values = [aBuffer('a'), { ...aBuffer('b'), flushCount: 0 }];
		const [, second] = buffersOf({ severalBuffers: true, buffers: { values } });
		assert.throws(
			() => exportInput('w:n', second!, {}, 'w / n'),
			/^ConfigError: buffers\[1\]\.flushCount: /,
		);
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
	const workflow = { then: 'flow', name: 'w' } as const;
	const forward = { then: 'http', name: 'f' } as const;
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
		// Parameters that do not show are not there.
		assert.equal(shown({}).length, 0);
		for (const startOn of TOLD) assert.equal(shown({ startOn }).length, 1);
	});

	it('a test shows an item at each, and what would be forwarded where there is none', () => {
		const items = [[item(0)], [item(1)], []];
		assert.deepEqual(testOutputs([forward, workflow, workflow], items), [[item(1)], []]);
		assert.deepEqual(testOutputs([forward], [[item(0)]]), [[item(0)]]);
	});
});

describe('a row as an item', () => {
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
		assert.deepEqual(eventItem(event, facts).json, {
			headers: { a: 'b' },
			params: {},
			query: { q: '1' },
			body: [1],
			sluice: { id: 'e', receivedAt: 't', batchId: 'b', attempt: 2 },
		});
	});

	it('is the record of a mapped row, and wraps what is no object', () => {
		assert.deepEqual(rowItem({ a: 1 }, facts).json, { a: 1 });
		assert.deepEqual(rowItem([1, 2], facts).json, { data: [1, 2] });
		assert.deepEqual(rowItem(null, facts).json, { data: null });
	});

	it('is an alert by the words of both hosts', () => {
		const alert = { id: 'a', kind: 'inactive', at: 0, message: 'm', receiverId: 'r', since: 1_000 };
		assert.deepEqual(alertItem({ id: 'a', body: alert }, facts).json, {
			id: 'a',
			kind: 'inactive',
			message: 'm',
			at: '1970-01-01T00:00:00.000Z',
			receiver: 'r',
			since: '1970-01-01T00:00:01.000Z',
		});
	});

	it("leaves by its buffer's output alone", () => {
		const items = [{ json: {} }];
		assert.deepEqual(onOutput(1, 3, items), [[], items, []]);
	});
});
