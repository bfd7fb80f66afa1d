/** The same through the code of the Trigger of n8n, behind a server that hands requests over as n8n does (N82, N83). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { gunzipSync, inflateSync } from 'node:zlib';
import { storePush } from '../../nodes/SluiceTrigger/push';
import { n8nFolder, type N8nFolder } from '../unit/nodes/sluice-store';
import { triggerContext } from '../unit/nodes/trigger-context';
import { SECRET, type FuzzPlace } from './requests/places';
import { fuzzRounds } from './requests/rounds';

/** `npm run fuzz` multiplies the runs. */
const RUNS = 40 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);

const signs = { kind: 'body-jwt', secrets: [SECRET] } as const;
const bearer = { authorization: `Bearer ${SECRET}` };
/** By the id of their workflow. */
const WORKFLOWS: Record<
	string,
	{ readonly place: Omit<FuzzPlace, 'target'>; parameters: Record<string, unknown> }
> = {
	open: { place: { body: 'json' }, parameters: { authentication: 'none' } },
	array: { place: { body: 'array' }, parameters: split('array') },
	lines: { place: { body: 'ndjson' }, parameters: split('ndjson') },
	table: { place: { body: 'csv' }, parameters: split('csv') },
	events: { place: { body: 'cloudevents' }, parameters: split('cloudevents') },
	signed: { place: { body: 'json', signs }, parameters: { authentication: 'body-jwt' } },
	bearer: {
		place: { body: 'json', headers: bearer },
		parameters: { authentication: 'bearer' },
	},
};

function split(by: string): Record<string, unknown> {
	return { authentication: 'none', options: { split: by, maxBodyBytes: 50_000 } };
}

/** n8n reads to its own limit, and undoes two codings before the node sees the body. */
async function readAsN8n(request: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	const body = Buffer.concat(parts);
	const coding = request.headers['content-encoding'];
	const o = { maxOutputLength: 16 * 1_048_576 };
	if (coding === 'gzip') return gunzipSync(body, o);
	return coding === 'deflate' ? inflateSync(body, o) : body;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const [pathname = ''] = (request.url ?? '').split('?');
	const id = pathname.split('/')[1] ?? '';
	const workflow = Object.hasOwn(WORKFLOWS, id) ? WORKFLOWS[id] : undefined;
	const isPath = pathname === `/${id}/webhook-a/events`;
	if (!workflow || !isPath || request.method !== 'POST') return refuse(response, 404);
	let rawBody: Buffer;
	try {
		rawBody = await readAsN8n(request);
	} catch {
		return refuse(response, 422);
	}
	const shown = {
		headersSent: false,
		status: (code: number) => ((response.statusCode = code), shown),
		set(headers: Record<string, string>) {
			for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
			return shown;
		},
		send: (text: string) => void response.end(text),
	};
	await storePush(
		triggerContext({
			parameters: workflow.parameters,
			credentials: { sluiceSignatureApi: { secret: SECRET } },
			more: {
				getWorkflow: () => ({ id, name: id, active: true }),
				getRequestObject: () => Object.assign(request, { path: pathname, rawBody }),
				getResponseObject: () => shown,
			},
		}),
	);
}

function refuse(response: ServerResponse, status: number): void {
	response.writeHead(status, { 'content-type': 'text/html' }).end();
}

describe('fuzz: requests to the Trigger of n8n', function () {
	this.timeout(1_800_000);
	let n8n: N8nFolder;
	let server: Server;

	before(async () => {
		n8n = await n8nFolder();
		server = createServer((request, response) => {
			answer(request, response).catch(() => response.destroy());
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
	});
	after(async () => {
		server.closeAllConnections();
		server.close();
		await n8n.close();
	});

	it('stores what it answers with 2xx and nothing else, tells nothing, and goes on', async () => {
		const address = server.address();
		const port = typeof address === 'object' && address ? address.port : 0;
		const target = (id: string) => `/${id}/webhook-a/events`;
		await fuzzRounds({
			port,
			places: Object.entries(WORKFLOWS).map(([id, { place }]) => ({
				...place,
				target: target(id),
			})),
			open: target('open'),
			store: n8n.pipeline.store,
			runs: RUNS,
			staysOpen: true,
			isHosts: ({ headers }) => headers['content-type'] === 'text/html',
		});
	});
});
