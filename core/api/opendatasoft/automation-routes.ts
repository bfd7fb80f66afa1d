/** The operations of realtime resources of the Automation API (O43 to O47). Each answers the resource object, as it is then. */
import * as z from 'zod/v4';
import type { ErrorCode } from '../../errors';
import { may, type Principal } from '../access/principal';
import type { ApiCore } from '../api-core';
import { reply, route, type Call } from '../route';
import {
	deleteBackup,
	enablePush,
	recoverRecords,
	renewPushKey,
	showDataset,
	type ResourceOf,
} from './datasets';
import { resourceSchema } from './resource';

const define = route<ApiCore>();
const RESOURCE = '/api/automation/v1.0/datasets/{dataset}/resources/{resource}';
const ofResource = z.object({ dataset: z.string().max(100), resource: z.string().max(100) });

const shared = {
	input: { path: ofResource },
	output: { 200: { description: 'The resource.', json: resourceSchema } },
} as const;

const OF_PUT: readonly ErrorCode[] = [
	'ERR_RECEIVER_UNKNOWN',
	'ERR_CONFIG_INVALID',
	'ERR_DEFINITION_HELD',
	'ERR_DOCUMENT_CONFLICT',
	'ERR_SECRET_KEY',
];

export const automationRoutes = [
	define({
		...shared,
		method: 'GET',
		pattern: RESOURCE,
		operation: 'getResource',
		summary: 'Shows a realtime resource; its push key to developers alone.',
		scope: 'view',
		errors: ['ERR_RECEIVER_UNKNOWN'],
		handle: async (call) => show(call),
	}),

	define({
		...shared,
		method: 'POST',
		pattern: `${RESOURCE}/enable`,
		operation: 'enablePush',
		summary: 'Lets clients push and delete again.',
		scope: 'develop',
		errors: OF_PUT,
		handle: async (call) => {
			await enablePush(call.core, placeOf(call), true);
			return show(call);
		},
	}),

	define({
		...shared,
		method: 'POST',
		pattern: `${RESOURCE}/disable`,
		operation: 'disablePush',
		summary: 'Refuses what is pushed or deleted from now on; what is there stays.',
		scope: 'develop',
		errors: OF_PUT,
		handle: async (call) => {
			await enablePush(call.core, placeOf(call), false);
			return show(call);
		},
	}),

	define({
		...shared,
		method: 'POST',
		pattern: `${RESOURCE}/renew_api_key`,
		operation: 'renewPushKey',
		summary: 'Makes a new push key; the former one is refused at once.',
		scope: 'develop',
		errors: OF_PUT,
		handle: async (call) => {
			await renewPushKey(call.core, placeOf(call));
			return show(call);
		},
	}),

	define({
		...shared,
		method: 'POST',
		pattern: `${RESOURCE}/recover`,
		operation: 'recoverRecords',
		summary:
			'Gives what is kept to the buffers of the dataset once more; they load it behind this.',
		scope: 'operate',
		errors: ['ERR_RECEIVER_UNKNOWN', 'ERR_CONFIG_INVALID', 'ERR_DOCUMENT_CONFLICT'],
		handle: async (call) => {
			await recoverRecords(call.core, placeOf(call));
			return show(call);
		},
	}),

	define({
		...shared,
		method: 'POST',
		pattern: `${RESOURCE}/delete_recover_data`,
		operation: 'deleteBackup',
		summary: 'Removes what is kept of the dataset.',
		scope: 'operate',
		errors: ['ERR_RECEIVER_UNKNOWN', 'ERR_CONFIG_INVALID'],
		handle: async (call) => {
			await deleteBackup(call.core, placeOf(call));
			return show(call);
		},
	}),
];

type Asked = Pick<Call<ApiCore, typeof RESOURCE>, 'core' | 'path' | 'project'> & {
	readonly principal: Principal | undefined;
};

function placeOf({ path, project }: Asked): Omit<ResourceOf, 'showsKey'> {
	return { ...path, project };
}

async function show(call: Asked) {
	const showsKey = may(call.principal, { project: call.project, scope: 'develop' });
	return reply(200, await showDataset(call.core, { ...placeOf(call), showsKey }));
}
