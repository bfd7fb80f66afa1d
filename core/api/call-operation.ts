import { CoreError } from '../errors';
import { ALL_PROJECTS, type Principal } from './access/principal';
import { callRoute, type AuditPort } from './call-route';
import { refusalOf, type ErrorForm } from './refusal';
import type { Reply, Route } from './route';

/** A call of an operation by its name, by whoever may read the store's files anyway. */
export interface OperationCall {
	readonly operation: string;
	readonly path?: Readonly<Record<string, string>> | undefined;
	readonly query?: Readonly<Record<string, string>> | undefined;
	readonly body?: unknown;
}

/** Who that is: an administrator of everything, since nothing is kept from who has the files. */
const LOCAL: Principal = {
	kind: 'local',
	id: '',
	account: '',
	label: 'command line',
	grants: [{ project: ALL_PROJECTS, role: 'administer' }],
	limits: {},
};

/** What answers them. */
export interface OperationPorts<Core> {
	readonly routes: readonly Route<Core>[];
	readonly errorForm: ErrorForm;
	readonly core: Core;
	readonly audit: AuditPort;
	readonly now: () => number;
}

/** The answer of an API to the same request. Never rejects with a CoreError: that is an answer, too. */
export async function callOperation<Core>(
	{ operation, path = {}, query = {}, body }: OperationCall,
	{ routes, errorForm, core, audit, now }: OperationPorts<Core>,
): Promise<Reply> {
	try {
		const route = routes.find((one) => one.operation === operation);
		if (!route) throw new CoreError('ERR_ROUTE_UNKNOWN', 'there is no such operation');
		const given = { parameters: path, query, readBody: async () => body };
		return await callRoute(route, given, {
			core,
			audit,
			principal: LOCAL,
			ip: 'local',
			now: now(),
		});
	} catch (error) {
		const refusal = refusalOf(error, { path: operation });
		// Who has the store's files may read why.
		const message = error instanceof CoreError ? error.message : refusal.message;
		return errorForm.write({ ...refusal, message });
	}
}
