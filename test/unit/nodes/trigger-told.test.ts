import assert from 'node:assert/strict';
import type { IRun, IWebhookFunctions } from 'n8n-workflow';
import {
	ALERT_KINDS,
	createEvent,
	DeliveryError,
	listExports,
	type Alert,
	type AlertKind,
	type PipelineNotice,
} from '../../../core/index';
import { startAlerts } from '../../../nodes/SluiceTrigger/alerts';
import { EXAMPLES } from '../../../nodes/SluiceTrigger/examples';
import { manualTrigger } from '../../../nodes/SluiceTrigger/manual';
import { previewInEditor, storePush } from '../../../nodes/SluiceTrigger/push';
import { TOLD } from '../../../nodes/SluiceTrigger/start-on';
import { eventually } from '../../support/eventually';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { triggerContext } from './trigger-context';
import { startInN8n, type StartedTrigger } from './trigger-world';

/** An export of another workflow, whose destination refuses all. */
const NAME = 'readings';
const FULL = `other:node/${NAME}`;
const LABEL = `workflow / ${NAME}`;
const REFUSED = {
	kind: 'dead',
	error: new DeliveryError('ERR_SINK_REJECTED', 'the endpoint answered 400'),
	answer: { status: 400, text: 'the secret text of an endpoint' },
} as const;

describe('a Trigger on alerts and on delivery results', () => {
	let n8n: N8nFolder;
	let running: StartedTrigger[];
	beforeEach(async () => {
		n8n = await n8nFolder();
		running = [];
	});
	afterEach(async () => {
		for (const one of running) await one.close();
		await n8n.close();
	});

	const start = async (parameters: object, more: object = {}): Promise<StartedTrigger> => {
		const one = await startInN8n({ parameters: { ...parameters }, ...more });
		running.push(one);
		return one;
	};
	const itemsOf = ({ emitted }: StartedTrigger): Record<string, unknown>[] =>
		emitted.flatMap(({ outputs }) => outputs.flat().map(({ json }) => json));
	const publish = async (answers: 'refuses' | 'takes', name = NAME) => {
		const { sink } = await n8n.publish('other:node', name, {
			label: `workflow / ${name}`,
			conditions: { count: 1, time: '1h', size: '5MB' },
		});
		const { status, text: answeredText } = REFUSED.answer;
		if (answers === 'refuses')
			sink.next = (_, attempt) => {
				attempt.onRequest({ ok: false, status, durationMs: 1, answeredText });
				return REFUSED;
			};
		return async () => {
			const before = sink.batches.length;
			await n8n.pipeline.add(`items:other:node/${name}`, [createEvent({ body: { n: 1 } })]);
			await eventually('the attempt', () => sink.batches.length > before);
		};
	};

	it('an alert starts an execution, and is done when that has ended well', async () => {
		const trigger = await start({ startOn: 'alerts' });
		await (
			await publish('refuses')
		)();
		const [first] = await eventually('it', () => trigger.emitted.length > 0 && trigger.emitted);
		const [item] = itemsOf(trigger);
		assert.deepEqual(
			[item?.['kind'], item?.['buffer'], item?.['label'], item?.['rows'], item?.['text']],
			['deadLetter', `items:${FULL}`, LABEL, 1, undefined],
		);
		assert.match(String(item?.['at']), /^20\d\d-.*Z$/);
		const open = async () => {
			const counters = await n8n.pipeline.store.counters();
			const own = counters.find(({ exportId }) => exportId === 'sluice:alerts/wf:node-a');
			assert.ok(own, 'a buffer of its own');
			return own.rows + own.openRows;
		};
		assert.equal(await open(), 1);
		first?.done?.resolve({ status: 'success' } as IRun);
		await eventually('it is done', async () => (await open()) === 0);
		assert.equal(trigger.emitted.length, 1, 'its own delivery raises nothing');
	});

	it('an execution that fails is started again with the same alert', async () => {
		const trigger = await start({ startOn: 'alerts', options: { retryDelays: '1s' } });
		await (
			await publish('refuses')
		)();
		await eventually('it', () => trigger.emitted.length > 0);
		trigger.emitted[0]?.done?.resolve({ status: 'error' } as IRun);
		await eventually('the second', () => trigger.emitted.length > 1);
		const [first, second] = itemsOf(trigger);
		assert.deepEqual(first, second);
	});

	it('alerts wait where no enabled node follows and n8n keeps no executions', async () => {
		const trigger = await start(
			{ startOn: 'alerts' },
			{ followers: [], settings: { saveDataSuccessExecution: 'none' } },
		);
		await (
			await publish('refuses')
		)();
		await eventually('it waits', async () => {
			const rows = await n8n.pipeline.store.peek('sluice:alerts/wf:node-a');
			return rows.length === 1;
		});
		assert.match(trigger.failed[0] ?? '', /until an enabled node follows/);
		assert.deepEqual(trigger.emitted, []);
	});

	for (const buffers of [[NAME], [LABEL], [FULL], [`items:${FULL}`], ['', `  ${NAME} `]]) {
		it(`alerts and results of ${JSON.stringify(buffers)} alone`, async () => {
			const alerts = await start({ startOn: 'alerts', options: { buffers } });
			const results = await start(
				{ startOn: 'deliveryResults', options: { buffers } },
				{ more: { getWorkflow: () => ({ id: 'wf2', name: 'results', active: true }) } },
			);
			await (
				await publish('refuses', 'others')
			)();
			await (
				await publish('refuses')
			)();
			await eventually('the result', () => results.emitted.length > 0);
			await eventually('the alert', () => alerts.emitted.length > 0);
			assert.deepEqual(
				[alerts, results].map((one) => itemsOf(one).map(({ label }) => label)),
				[[LABEL], [LABEL]],
			);
		});
	}

	it('kinds and the text of the endpoint are as they are asked for', async () => {
		const trigger = await start({
			startOn: 'alerts',
			alertKinds: ['deadLetter', 'failing'],
			options: { withText: true },
		});
		const known = await listExports(n8n.pipeline);
		assert.deepEqual(known.find(({ receiverId }) => receiverId === 'sluice:alerts')?.alerts, {
			kinds: ['deadLetter', 'failing'],
			withText: true,
		});
		await (
			await publish('refuses')
		)();
		await eventually('it', () => trigger.emitted.length > 0);
		assert.equal(itemsOf(trigger)[0]?.['text'], REFUSED.answer.text);
	});

	it('results are told once each, as they end; those of failures alone unless all are wanted', async () => {
		const parameters = { startOn: 'deliveryResults' };
		const failures = await start(parameters);
		const all = await start({ ...parameters, failedOnly: false, options: { withText: true } });
		const [good, bad] = [await publish('takes', 'good'), await publish('refuses')];
		await good();
		await bad();
		await eventually('both', () => all.emitted.length >= 2);
		assert.deepEqual(
			itemsOf(all).map(({ label, ok, outcome, text }) => [label, ok, outcome, text]),
			[
				['workflow / good', true, 'ack', undefined],
				[LABEL, false, 'dead', REFUSED.answer.text],
			],
		);
		const [result, ...others] = itemsOf(failures);
		assert.deepEqual(others, []);
		const { batchId, startedAt, durationMs, ...rest } = result ?? {};
		assert.deepEqual(rest, {
			buffer: `items:${FULL}`,
			label: LABEL,
			attempt: 1,
			count: 1,
			reason: 'count threshold met, received: 1 rows, threshold: 1 rows',
			ok: false,
			outcome: 'dead',
			error: { code: 'ERR_SINK_REJECTED', message: 'the endpoint answered 400' },
			status: 400,
		});
		assert.deepEqual([batchId, startedAt, durationMs].map((one) => typeof one).toSorted(), [
			'number',
			'string',
			'string',
		]);
		assert.ok(failures.emitted.every(({ done }) => done === undefined));
	});

	it('nothing is told after the Trigger has ended', async () => {
		const trigger = await start({ startOn: 'deliveryResults' });
		await trigger.close();
		const again = await start({ startOn: 'deliveryResults' });
		await (
			await publish('refuses')
		)();
		await eventually('the other one', () => again.emitted.length > 0);
		assert.deepEqual(trigger.emitted, []);
	});

	it('alerts of the store start an execution at once, by their kind alone', async () => {
		const alert = (kind: AlertKind): Alert => ({ id: kind, kind, at: 0, message: 'm', text: 'm' });
		const emitted: unknown[] = [];
		let listener: (notice: PipelineNotice) => void = () => {};
		const ends: (() => unknown)[] = [];
		await startAlerts({
			context: triggerContext({
				parameters: {
					startOn: 'alerts',
					alertKinds: ['storeDegraded', 'deadLetter'],
					options: { buffers: [NAME] },
				},
				more: {
					emit: (outputs: unknown) => emitted.push(outputs),
					getChildNodes: () => [{ disabled: false }],
				},
			}),
			pipeline: {
				held: () => ({ storeAlerts: [] }),
				attachExport: () => ({ ready: Promise.resolve(), detach: async () => {} }),
				subscribe: (given: typeof listener) => {
					listener = given;
					return () => (listener = () => {});
				},
			} as never,
			onClose: (end) => ends.push(end),
		});
		const tell = () => {
			listener({ kind: 'alert', alert: alert('storeNearlyFull') });
			listener({ kind: 'alert', alert: alert('storeDegraded') });
			// Those come as rows.
			listener({ kind: 'alert', alert: { ...alert('deadLetter'), exportId: `items:${FULL}` } });
		};
		tell();
		const json = { id: 'storeDegraded', kind: 'storeDegraded', at: '1970-01-01T00:00:00.000Z' };
		assert.deepEqual(emitted, [[[{ json: { ...json, message: 'm' } }]]]);
		for (const end of ends) await end();
		tell();
		assert.equal(emitted.length, 1);
	});

	const wrong: [path: RegExp, parameters: object][] = [
		[/^alertKinds\[1\]: /, { alertKinds: ['failing', 'broken'] }],
		[/^alertKinds: /, { alertKinds: 'failing' }],
		[/^options.retryDelays: /, { options: { retryDelays: 'soon' } }],
		[/^options.buffers: /, { options: { buffers: Array(101).fill('a') } }],
		[/^startOn: /, { startOn: 'alarms' }],
	];
	for (const [message, parameters] of wrong) {
		it(`what is wrong is told where the workflow is published: ${message.source}`, async () => {
			await assert.rejects(start({ startOn: 'alerts', ...parameters }), { message });
		});
	}
});

describe('a Trigger on alerts and on delivery results, without a published workflow', () => {
	interface Sent {
		status: number;
		body: string;
	}
	const requested = (parameters: object): { context: IWebhookFunctions; sent: Sent[] } => {
		const sent: Sent[] = [];
		let status = 0;
		const response = {
			headersSent: false,
			status: (code: number) => ((status = code), response),
			set: () => response,
			send: (body: string) => void sent.push({ status, body }),
		};
		const context = triggerContext({
			parameters: { ...parameters },
			more: {
				getRequestObject: () => ({ complete: true }),
				getResponseObject: () => response,
				emit: () => {},
			},
		});
		return { context, sent };
	};

	for (const startOn of TOLD) {
		it(`${startOn}: a push to the test URL brings an example, which the editor then shows`, async () => {
			const { context, sent } = requested({ startOn });
			const { workflowData } = await previewInEditor(context);
			assert.deepEqual(workflowData, [[{ json: EXAMPLES[startOn] }]]);
			assert.deepEqual(sent, [{ status: 200, body: '{"example":true}' }]);
			const emitted: unknown[] = [];
			const manual = triggerContext({ more: { emit: (one: unknown) => emitted.push(one) } });
			await manualTrigger(manual).manualTriggerFunction?.();
			assert.deepEqual(emitted, [workflowData], 'else n8n waits for ever (N60)');
		});

		it(`${startOn}: a push to the production URL is told that there is nothing for it`, async () => {
			const { context, sent } = requested({ startOn });
			assert.deepEqual(await storePush(context), { noWebhookResponse: true });
			assert.equal(sent[0]?.status, 404);
			assert.match(sent[0]?.body ?? '', /takes no pushes/);
		});
	}

	it('the examples have kinds that there are', () => {
		assert.ok(ALERT_KINDS.includes(EXAMPLES.alerts.kind));
	});
});
