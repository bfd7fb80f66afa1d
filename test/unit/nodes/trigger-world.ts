import type { INodeExecutionData, ITriggerFunctions, IWorkflowSettings } from 'n8n-workflow';
import { startTrigger } from '../../../nodes/SluiceTrigger/start-trigger';
import { triggerContext, type TriggerInput } from './trigger-context';

export type Done = ReturnType<ITriggerFunctions['helpers']['createDeferredPromise']> & {
	resolve(run: object): void;
};

/** One execution that a Trigger has started; `done` is absent where the Trigger does not wait for its end. */
export interface Emitted {
	readonly outputs: INodeExecutionData[][];
	readonly done?: Done;
}

/** A Trigger that runs, and what n8n has got of it. */
export interface StartedTrigger {
	readonly emitted: Emitted[];
	readonly warnings: string[];
	readonly failed: string[];
	close(): Promise<void>;
}

export async function startInN8n(
	o: TriggerInput & {
		readonly followers?: { disabled: boolean }[];
		readonly settings?: IWorkflowSettings;
		/** More of what n8n helps with. */
		readonly helpers?: object;
	},
): Promise<StartedTrigger> {
	const emitted: Emitted[] = [];
	const warnings: string[] = [];
	const failed: string[] = [];
	const memory = {};
	const context = triggerContext({
		...o,
		more: {
			emit: (outputs: INodeExecutionData[][], _: unknown, done?: Done) =>
				emitted.push({ outputs, ...(done ? { done } : {}) }),
			helpers: {
				createDeferredPromise: () => {
					let parts = {};
					const promise = new Promise((resolve, reject) => (parts = { resolve, reject }));
					return { promise, ...parts };
				},
				...o.helpers,
			},
			getChildNodes: () => o.followers ?? [{ disabled: false }],
			getWorkflowSettings: () => o.settings ?? {},
			getWorkflowStaticData: () => memory,
			saveFailedExecution: (error: Error) => failed.push(error.message),
			logger: { debug() {}, info() {}, warn: (line: string) => warnings.push(line), error() {} },
			...o.more,
		},
	});
	const running = await startTrigger(context);
	return { emitted, warnings, failed, close: () => running.close() };
}
