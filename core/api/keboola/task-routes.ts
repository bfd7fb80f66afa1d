import type { ApiCore } from '../api-core';
import { reply, route } from '../route';
import { shownTask } from './schemas';
import { showTask } from './tasks/show-task';

/** Of the body of what becomes a task: it is kept as one document. */
export const BODY_BYTES_OF_TASK = 768 * 1_024;

export const taskRoutes = [
	route<ApiCore>()({
		method: 'GET',
		pattern: '/v1/tasks/{*task}',
		operation: 'getTask',
		summary: 'Shows a task; of one that succeeded for an hour, of others for 48.',
		scope: 'view',
		output: { 200: { description: 'The task.', json: shownTask } },
		errors: ['ERR_TASK_UNKNOWN'],
		handle: async ({ core, path, project }) =>
			reply(200, showTask(await core.tasks.get(project, path['task'] ?? ''), core.baseUrl)),
	}),
];
