import { setTimeout as sleep } from 'node:timers/promises';

/** A node of a workflow, as n8n's REST interface wants it. */
export interface N8nNode {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly typeVersion: number;
	readonly position: readonly [number, number];
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly webhookId?: string;
	/** Runs once for all items, with the first. */
	readonly executeOnce?: boolean;
	readonly credentials?: Readonly<Record<string, { readonly id: string; readonly name: string }>>;
}

export interface N8nWorkflow {
	readonly name: string;
	readonly nodes: readonly N8nNode[];
	readonly connections: object;
	readonly settings: object;
}

export interface N8nExecution {
	readonly id: string;
	readonly status: string;
	readonly mode: string;
}

const ACTIVE_MS = 15_000;
/** n8n looks for what is to be published every 15 s, when it was not told. */
const PUBLISHED_MS = 40_000;

/** n8n's internal REST interface, as far as tests and demo need it (N23). */
export class N8nApi {
	readonly #url: string;
	readonly #webhookUrl: string;
	readonly #cookie: string;

	private constructor(url: string, webhookUrl: string, cookie: string) {
		this.#url = url;
		this.#webhookUrl = webhookUrl;
		this.#cookie = cookie;
	}

	/** @param webhookUrl who serves production URLs, where that is another process (N67) */
	static async login(
		url: string,
		owner: { email: string; password: string },
		webhookUrl = url,
	): Promise<N8nApi> {
		const answer = await fetch(`${url}/rest/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ emailOrLdapLoginId: owner.email, password: owner.password }),
		});
		if (!answer.ok) throw new Error(`n8n login: ${answer.status} ${await answer.text()}`);
		await answer.arrayBuffer();
		const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		return new N8nApi(url, webhookUrl, cookies.join('; '));
	}

	/** @returns what a credential field of a node holds: id and name */
	async createCredential(
		type: string,
		name: string,
		data: object,
	): Promise<{ id: string; name: string }> {
		const created = (await this.call('POST', '/rest/credentials', { name, type, data })) as {
			id: string;
		};
		return { id: created.id, name };
	}

	/** As the editor saves it: what a published workflow uses changes at once. */
	async updateCredential(id: string, type: string, name: string, data: object): Promise<void> {
		await this.call('PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	/** The button of a saved credential's dialog. */
	async testCredential(
		{ id, name }: { readonly id: string; readonly name: string },
		type: string,
		data: object,
	): Promise<{ readonly status: string; readonly message: string }> {
		const credentials = { id, name, type, data };
		const answer = await this.call('POST', '/rest/credentials/test', { credentials });
		return answer as { status: string; message: string };
	}

	/** @returns its id; it is not published yet */
	async createWorkflow(workflow: N8nWorkflow): Promise<string> {
		return ((await this.call('POST', '/rest/workflows', workflow)) as { id: string }).id;
	}

	/** Saves other nodes; what is published stays until `activate`. */
	async updateWorkflow(workflowId: string, nodes: readonly N8nNode[]): Promise<void> {
		const path = `/rest/workflows/${workflowId}`;
		const { name, connections, settings, versionId } = (await this.call(
			'GET',
			path,
		)) as N8nWorkflow & { versionId: string };
		await this.call('PATCH', path, { name, nodes, connections, settings, versionId });
	}

	/** Publishes what is saved, and waits until its triggers run and its webhooks answer, which is later than n8n says (N24). */
	async activate(workflowId: string): Promise<void> {
		const nodes = await this.publish(workflowId);
		await this.publishErrors(workflowId);
		for (const node of nodes) {
			const path = pathOf(node);
			if (path) await this.#routed(path);
		}
	}

	/** Publishes what is saved; whether its triggers start is known later. @returns its nodes */
	async publish(workflowId: string): Promise<readonly N8nNode[]> {
		const { versionId, nodes } = (await this.call('GET', `/rest/workflows/${workflowId}`)) as {
			versionId: string;
			nodes: N8nNode[];
		};
		await this.call('POST', `/rest/workflows/${workflowId}/activate`, { versionId });
		return nodes;
	}

	/** What the editor shows of triggers that did not start, once all of them were tried. */
	async publishErrors(workflowId: string): Promise<string[]> {
		const until = Date.now() + PUBLISHED_MS;
		for (;;) {
			const path = `/rest/workflows/${workflowId}/publication-status`;
			const { status, triggers } = (await this.call('GET', path)) as {
				status: string;
				triggers: { errorMessage: string | null }[];
			};
			if (status !== 'in_progress') return triggers.flatMap((one) => one.errorMessage ?? []);
			if (Date.now() > until) throw new Error(`workflow ${workflowId} is still being published`);
			await sleep(50);
		}
	}

	async deactivate(workflowId: string): Promise<void> {
		await this.call('POST', `/rest/workflows/${workflowId}/deactivate`, {});
	}

	/** Newest first; at most 100. */
	async executions(workflowId: string): Promise<N8nExecution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const answer = await this.call('GET', `/rest/executions?filter=${filter}&limit=100`);
		return (answer as { results: N8nExecution[] }).results;
	}

	/** One request; throws on anything but 2xx. @returns what is under `data` */
	async call(method: string, path: string, body?: object): Promise<unknown> {
		const answer = await fetch(`${this.#url}${path}`, {
			method,
			headers: { 'content-type': 'application/json', cookie: this.#cookie },
			...(body ? { body: JSON.stringify(body) } : {}),
			signal: AbortSignal.timeout(30_000),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${messageIn(text)}`);
		const parsed = (text === '' ? {} : JSON.parse(text)) as { data?: unknown };
		return parsed.data ?? parsed;
	}

	/** A preflight runs no node; 204 says that the route is there, before that n8n says 500. */
	async #routed(path: string): Promise<void> {
		const until = Date.now() + ACTIVE_MS;
		for (;;) {
			const answer = await fetch(`${this.#webhookUrl}/webhook/${path}`, {
				method: 'OPTIONS',
				headers: { origin: this.#url, 'access-control-request-method': 'POST' },
			});
			await answer.arrayBuffer();
			if (answer.status === 204) return;
			if (Date.now() > until) throw new Error(`no route /webhook/${path} after publishing`);
			await sleep(50);
		}
	}
}

function pathOf({ type, parameters, webhookId }: N8nNode): string | undefined {
	if (type === 'n8n-nodes-base.webhook') return String(parameters['path']);
	const isReceiver = parameters['startOn'] !== 'workflowItems';
	return type.endsWith('.sluiceTrigger') && isReceiver ? `${webhookId}/events` : undefined;
}

/** n8n's errors carry a stack trace that tells nothing. */
function messageIn(text: string): string {
	try {
		return String((JSON.parse(text) as { message: unknown }).message);
	} catch {
		return text.slice(0, 500);
	}
}
