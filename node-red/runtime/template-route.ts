import type { NodeAPI } from 'node-red';
import { processShared } from '../../core/index';
import { checkTemplate } from './template-check';

/** Several node types ask for the route, and a process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('template-checks', () => new WeakSet());
}

/**
 * `POST sluice/template` of the admin API: what is wrong with a template, for the dialogs. Node-RED has read the body by then,
 * within its `apiMaxLength`. Whoever may read flows may ask, since the editor shows them nothing without that.
 */
export function serveTemplateCheck(RED: NodeAPI): void {
	if (served().has(RED.httpAdmin)) return;
	served().add(RED.httpAdmin);
	RED.httpAdmin.post(
		'/sluice/template',
		RED.auth.needsPermission('flows.read'),
		(request, response, next) => {
			try {
				const { status, answer } = checkTemplate(request.body);
				response.status(status).json(answer);
			} catch (error) {
				next(error);
			}
		},
	);
}
