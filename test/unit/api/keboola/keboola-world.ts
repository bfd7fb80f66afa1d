/** The API over a real store and real tables, called over HTTP. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { keboolaDialect } from '../../../../core/api/keboola/keboola-dialect';
import type { NewExport } from '../../../../core/api/keboola/schemas';
import { addAccount } from '../../../../core/api/access/change-access';
import { apiCore } from '../../../../core/api/open-api';
import { openStore } from '../../../../core/buffer/open-store';
import { openPipeline } from '../../../../core/pipeline/open-pipeline';
import { attachStored } from '../../../../core/pipeline/stored-definitions';
import { anAccount, openApiWorld } from '../../../support/api/api-world';
import { FakeClock } from '../../../support/fake-clock';

export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	/** Undefined where it has none. */
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of every shape
	readonly json: any;
}

export type KeboolaWorld = Awaited<ReturnType<typeof openKeboolaWorld>>;

/** @param o.at where store and tables are; default: a directory of its own */
export async function openKeboolaWorld(
	o: { readonly at?: string; readonly hasTables?: boolean; readonly resumes?: boolean } = {},
) {
	const at = o.at ?? mkdtempSync(path.join(tmpdir(), 'sluice-keboola-'));
	const file = path.join(at, 'tables.db');
	const clock = new FakeClock();
	const databases = (name: string) =>
		name === 'main' ? ({ kind: 'sqlite', file } as const) : undefined;
	const store = await openStore({ kind: 'sqlite', directory: path.join(at, 'store') });
	const pipeline = await openPipeline({ store, clock });
	const failed: unknown[] = [];
	const stored = await attachStored({
		pipeline,
		holder: { key: 'api', label: 'the API' },
		ports: () => ({ databases }),
		report: ({ error }) => failed.push(error),
	});
	const tables = {
		databaseOf: (project: string) => (project === 'p1' ? 'main' : undefined),
		databases,
	};
	const core = apiCore({
		...{ pipeline, stored, clock, baseUrl: 'http://api.example.com' },
		...(o.hasTables === false ? {} : { tables }),
	});
	if (o.resumes !== false) await core.tasks.resume();
	const role = (name: 'view' | 'develop', project = 'p1') =>
		({ ...anAccount, grants: [{ project, role: name }] }) as const;
	const { id: account } = await addAccount(core.access, {
		label: 'a service',
		grants: [...anAccount.grants],
	});
	const api = await openApiWorld(keboolaDialect, core, {
		callers: {
			good: { ...anAccount, account },
			viewer: role('view'),
			other: role('develop', 'p2'),
			both: { ...anAccount, grants: [...role('view').grants, ...role('view', 'p2').grants] },
		},
	});
	const world = {
		at,
		core,
		store,
		pipeline,
		clock,
		failed,
		audited: api.audited,
		origin: api.origin,
		async call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
			const response = await api.call(method, url.replace('http://api.example.com', ''), {
				headers: { 'x-storageapi-token': 'good', 'content-type': 'application/json', ...headers },
				...(body === undefined
					? {}
					: { body: typeof body === 'string' ? body : JSON.stringify(body) }),
			});
			const text = await response.text();
			const isJson = response.headers.get('content-type')?.includes('json');
			const { status, headers: answered } = response;
			return { status, headers: answered, json: isJson ? JSON.parse(text) : undefined } as Reply;
		},
		/** The answer and, once it is finished, its task. */
		async done(method: string, url: string, body: unknown) {
			const { status, json } = await world.call(method, url, body);
			return { status, task: await world.finished(json.url) };
		},
		async finished(url: string) {
			for (;;) {
				const { json: task } = await world.call('GET', url);
				if (task.isFinished) return task;
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		},
		hasTables: () =>
			existsSync(file) &&
			world.table(`SELECT 1 FROM sqlite_master WHERE name LIKE 'in.%'`).length > 0,
		table(statement: string): unknown[] {
			const database = new DatabaseSync(file);
			try {
				return database.prepare(statement).all();
			} finally {
				database.close();
			}
		},
		async end() {
			await api.close();
			await core.tasks.close();
			await stored.close();
			await pipeline.close();
			await store.close();
		},
		async close() {
			await world.end();
			rmSync(at, { recursive: true, force: true });
		},
	};
	return world;
}

export const TOKENLESS = { 'x-storageapi-token': '' };

export const MAPPING: NewExport['mapping'] = {
	tableId: 'in.c-bucket.table',
	incremental: true,
	columns: [
		{ type: 'id', name: 'id', primaryKey: true },
		{
			type: 'template',
			name: 'template',
			template: { language: 'jsonnet', content: 'Body("key")+":"+Body("value")' },
		},
	],
};
