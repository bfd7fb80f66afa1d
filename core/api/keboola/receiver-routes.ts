import * as z from 'zod/v4';
import type { ApiCore } from '../api-core';
import { emptyReply, reply, route } from '../route';
import { databaseOf } from './check-table';
import { exportExists, receiverExists, storeId, tooMany } from './keboola-ids';
import { exportIdOf, exportOf } from './export-of';
import { revokeTokens } from './export-tokens';
import { listReceivers, requireReceiver } from './project-receivers';
import { MAX_EXPORTS } from '../../pure/bounds';
import { parseReceiverConfig } from '../../pipeline/parse-receiver';
import { receiverIdOf, receiverOf } from './receiver-of';
import {
	changedReceiver,
	newReceiver,
	shownReceiver,
	shownTask,
	type NewReceiver,
} from './schemas';
import { showReceiver } from './shown';
import { showTask } from './tasks/show-task';
import { BODY_BYTES_OF_TASK } from './task-routes';

const define = route<ApiCore>();

/** Receivers of a project (K4). */
const MAX_RECEIVERS = 100;

export const receiverRoutes = [
	define({
		method: 'POST',
		pattern: '/v1/receivers',
		operation: 'createReceiver',
		summary: 'Begins to make a receiver with its exports.',
		scope: 'develop',
		input: { body: { as: 'json', schema: newReceiver, maxBytes: BODY_BYTES_OF_TASK } },
		output: { 202: { description: 'The task that makes it.', json: shownTask } },
		errors: [
			'ERR_CONFIG_INVALID',
			'ERR_TEMPLATE_SYNTAX',
			'ERR_DEFINITION_EXISTS',
			'ERR_DEFINITION_LIMIT',
			'ERR_TASK_RUNNING',
		],
		handle: async ({ core, project, body, note }) => {
			const receiverId = receiverIdOf(body);
			note({ receiver: receiverId });
			const all = await listReceivers(core.stored, project);
			if (all.some(({ id }) => id === receiverId)) throw receiverExists(receiverId);
			if (all.length >= MAX_RECEIVERS) throw tooMany('receiver', MAX_RECEIVERS);
			parseReceiverConfig(receiverOf(body, project));
			checkExports(body, { core, project, receiverId });
			const task = await core.tasks.start({
				type: 'receiver.create',
				project,
				receiverId,
				wanted: body,
			});
			return reply(202, showTask(task, core.baseUrl));
		},
	}),

	define({
		method: 'GET',
		pattern: '/v1/receivers',
		operation: 'listReceivers',
		summary: 'Lists the receivers of the project with their exports, by id.',
		scope: 'view',
		output: {
			200: { description: 'All of them.', json: z.object({ receivers: z.array(shownReceiver) }) },
		},
		handle: async ({ core, principal, project }) => {
			const all = await listReceivers(core.stored, project);
			const about = { core, principal, project };
			return reply(200, {
				receivers: await Promise.all(all.map((one) => showReceiver(one, about))),
			});
		},
	}),

	define({
		method: 'GET',
		pattern: '/v1/receivers/{receiver}',
		operation: 'getReceiver',
		summary: 'Shows a receiver with its exports.',
		scope: 'view',
		output: { 200: { description: 'The receiver.', json: shownReceiver } },
		errors: ['ERR_RECEIVER_UNKNOWN'],
		handle: async ({ core, path, principal, project }) => {
			const found = await requireReceiver(core.stored, project, path.receiver);
			return reply(200, await showReceiver(found, { core, principal, project }));
		},
	}),

	define({
		method: 'PATCH',
		pattern: '/v1/receivers/{receiver}',
		operation: 'updateReceiver',
		summary: 'Changes the name or description of a receiver.',
		scope: 'develop',
		input: { body: { as: 'json', schema: changedReceiver } },
		output: { 200: { description: 'The receiver.', json: shownReceiver } },
		errors: ['ERR_RECEIVER_UNKNOWN', 'ERR_DEFINITION_HELD', 'ERR_DOCUMENT_CONFLICT'],
		handle: async ({ core, path, body, principal, project }) => {
			const { definition, revision } = await requireReceiver(core.stored, project, path.receiver);
			const { config } = definition;
			const { name = config.label, description = config.description } = body;
			const changed = {
				...config,
				...(name === undefined ? {} : { label: name }),
				...(description === undefined ? {} : { description }),
			};
			await core.stored.putReceiver(changed as never, { ifRevision: revision });
			const found = await requireReceiver(core.stored, project, path.receiver);
			return reply(200, await showReceiver(found, { core, principal, project }));
		},
	}),

	define({
		method: 'DELETE',
		pattern: '/v1/receivers/{receiver}',
		operation: 'deleteReceiver',
		summary: 'Removes a receiver with its exports and what waits in them; its tables stay.',
		scope: 'develop',
		output: { 200: { description: 'It is removed.' } },
		errors: ['ERR_RECEIVER_UNKNOWN', 'ERR_DEFINITION_HELD', 'ERR_DOCUMENT_CONFLICT'],
		handle: async ({ core, path, project }) => {
			const { definition, exports } = await requireReceiver(core.stored, project, path.receiver);
			await core.stored.removeReceiver(definition.id, 'drop');
			await revokeTokens(
				core.access,
				exports.map((one) => one.definition.id),
			);
			return emptyReply(200);
		},
	}),
];

/** @throws ConfigError, MappingError; CoreError ERR_DEFINITION_EXISTS where two have one id */
function checkExports(
	{ exports = [] }: NewReceiver,
	{
		core,
		project,
		receiverId,
	}: { readonly core: ApiCore; readonly project: string; readonly receiverId: string },
): void {
	if (exports.length > MAX_EXPORTS) throw tooMany('export', MAX_EXPORTS);
	const ids = new Set<string>();
	for (const one of exports) {
		const id = exportIdOf(one);
		if (ids.has(id)) throw exportExists(id);
		ids.add(id);
		const database = databaseOf(core.tables, project);
		exportOf(one, { receiverId: storeId(project, receiverId), database });
	}
}
