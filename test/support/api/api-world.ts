/** An API on a real port, with callers that a test names. Every answer is compared with what the table declares. */
import assert from 'node:assert/strict';
import type { Admittance, ApiPorts } from '../../../core/api/api-handler';
import { refusedCredential } from '../../../core/api/access/credential-ways';
import { Refusals } from '../../../core/api/access/refusals';
import type { Principal } from '../../../core/api/access/principal';
import type { Exposure } from '../../../core/api/exposure';
import { mountApi } from '../../../core/api/mount-api';
import { declaredStatuses } from '../../../core/api/openapi';
import type { Dialect } from '../../../core/api/route';
import { Router } from '../../../core/api/router';
import { createListener } from '../../../core/receiver/listener/listener';
import { normalizePath } from '../../../core/event/path-spelling';
import { silentLogger } from '../../../core/runtime/logger';
import { systemClock } from '../../../core/runtime/clock';

export const anAccount: Principal = {
	kind: 'account',
	id: 'key1',
	account: 'acc1',
	label: 'a service',
	grants: [{ project: 'p1', role: 'administer' }],
	limits: {},
};

export interface ApiWorld {
	readonly origin: string;
	readonly port: number;
	/** A request, whose answer has to be one that its route declares. */
	call(method: string, path: string, init?: RequestInit): Promise<Response>;
	readonly audited: string[];
	close(): Promise<void>;
}

/** @param callers by the secret that they show */
export async function openApiWorld<Core>(
	dialect: Dialect<Core>,
	core: Core,
	{
		callers = { good: anAccount },
		isOpen = async () => true,
		exposure = { at: 'listener', host: '127.0.0.1' },
		ports = {},
	}: {
		readonly callers?: Readonly<Record<string, Principal>>;
		readonly isOpen?: Admittance['isOpen'];
		readonly exposure?: Exposure;
		readonly ports?: Partial<ApiPorts<Core>>;
	} = {},
): Promise<ApiWorld> {
	const listener = await createListener({ port: 0 });
	const audited: string[] = [];
	const access: Admittance = {
		isOpen,
		admit: async ({ secret }) => {
			const caller = callers[secret];
			if (!caller) throw refusedCredential('unknown');
			return caller;
		},
	};
	const audit: ApiPorts<Core>['audit'] = {
		around: async ({ operation }, change) => {
			audited.push(operation);
			return change(() => {});
		},
	};
	mountApi<Core>({
		listener,
		dialects: [dialect],
		exposure,
		holder: { label: 'the test' },
		ports: {
			core,
			access,
			audit,
			refusals: new Refusals(silentLogger),
			clock: systemClock,
			logger: silentLogger,
			...ports,
		},
	});
	const origin = `http://127.0.0.1:${listener.port}`;
	const router = new Router(dialect);
	return {
		origin,
		port: listener.port,
		audited,
		async call(method, path, init = {}) {
			const response = await fetch(`${origin}${path}`, {
				redirect: 'manual',
				signal: AbortSignal.timeout(60_000),
				...init,
				method,
			});
			const { pathname } = new URL(`${origin}${path}`);
			await requireDeclared(dialect, router, { method, path: pathname, response });
			return response;
		},
		close: () => listener.close(),
	};
}

/** What is no route is for the error form alone: 404, 405, and what is refused before the table is looked at. */
async function requireDeclared<Core>(
	dialect: Dialect<Core>,
	router: Router<Core>,
	{ method, path, response }: { method: string; path: string; response: Response },
): Promise<void> {
	const found = findOrNothing(router, method, normalizePath(path));
	if (!found) return;
	const { route } = found;
	const declared = declaredStatuses(dialect, route);
	assert.ok(
		declared.includes(response.status),
		`${route.operation} answered ${response.status}, and declares ${declared.join()}`,
	);
	const output = route.output[response.status];
	const schema = output ? output.json : dialect.errorForm.schema;
	if (!schema || method === 'HEAD') return;
	const parsed = schema.safeParse(await response.clone().json());
	assert.ok(parsed.success, `${route.operation}: ${parsed.error?.message}`);
}

function findOrNothing<Core>(router: Router<Core>, method: string, path: string) {
	try {
		return router.find(method, path);
	} catch {
		return undefined;
	}
}
