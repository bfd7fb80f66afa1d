import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import {
	AUTH_KINDS,
	createEvent,
	SCHEMES,
	takeSnapshot,
	type PipelineNotice,
} from '../../../core/index';
import { kindsWithCredential, signingSchemes } from '../../../nodes/shared/schemes';
import { defaultDirectory } from '../../../nodes/shared/store';
import { startTrigger } from '../../../nodes/SluiceTrigger/start-trigger';
import { eventually } from '../../support/eventually';
import { aPush } from '../../support/pipeline-fixtures';
import { assertNoSecret, filesBelow, MARK } from '../../support/secret-hunt';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { triggerContext } from './trigger-context';

const RECEIVER = 'wf:node-a';
const TOKEN = 'an-access-token-that-was-fetched';

describe('the secrets of a Trigger', () => {
	let n8n: N8nFolder;
	let sink: SinkServer;
	let notices: PipelineNotice[];
	let logged: unknown[];
	beforeEach(async () => {
		n8n = await n8nFolder();
		sink = await startSinkServer();
		// Tells everything it got, as many do while somebody looks for a mistake.
		sink.answer = ({ url, headers, body }, response) => {
			if (url === '/token')
				response.end(JSON.stringify({ access_token: TOKEN, token_type: 'bearer' }));
			else response.writeHead(422).end(JSON.stringify([url, headers, body.toString()]));
		};
		[notices, logged] = [[], []];
		n8n.pipeline.subscribe((notice) => notices.push(notice));
	});
	afterEach(async () => {
		await sink.close();
		await n8n.close();
	});

	const credentials = () => ({
		sluiceSignatureApi: { secret: MARK, previousSecret: `${MARK.slice(0, -4)}AAAA` },
		httpHeaderAuth: { name: 'X-Key', value: MARK },
		httpBearerAuth: { token: MARK },
		httpBasicAuth: { user: 'me', password: MARK },
		oAuth2Api: {
			grantType: 'clientCredentials',
			accessTokenUrl: `${sink.url}/token`,
			clientId: 'me',
			clientSecret: MARK,
			authentication: 'body',
		},
	});

	const start = (parameters: object) => {
		const log = (...line: unknown[]) => void logged.push(line);
		return startTrigger(
			triggerContext({
				parameters: { flushCount: 1, flushSeconds: 1, ...parameters },
				credentials: credentials(),
				more: {
					emit: () => {},
					getChildNodes: () => [{ disabled: false }],
					getWorkflowSettings: () => ({}),
					getWorkflowStaticData: () => ({}),
					saveFailedExecution: log,
					logger: { debug: log, info: log, warn: log, error: log },
				},
			}),
		);
	};

	const look = async (made: readonly string[] = []) => {
		const { pipeline } = n8n;
		const deadLetters = await pipeline.store.deadLetters();
		const snapshot = await takeSnapshot({ store: pipeline.store, held: () => pipeline.held() });
		const files = await filesBelow(defaultDirectory());
		assert.ok(files.includes('definitions.receivers') || files.includes('definitions.exports'));
		assertNoSecret(
			{ files, snapshot, notices, logged: [logged, 'of the node'], letters: [deadLetters, 'all'] },
			made,
		);
	};

	const ways = Math.max(AUTH_KINDS.length, signingSchemes().length);
	for (let way = 0; way < ways; way++) {
		const forwardAuth = AUTH_KINDS[way % AUTH_KINDS.length]!;
		// From behind, since a JWT and a token go into the same header.
		const signWith = signingSchemes().at(-1 - (way % signingSchemes().length))!.kind;
		it(`that forwards by ${forwardAuth} and ${signWith} are in no document, row, log, status and dead letter`, async () => {
			const running = await start({
				startOn: 'workflowItems',
				then: 'http',
				url: `${sink.url}/${MARK}?key=${MARK}`,
				forwardAuth,
				signWith,
			});
			await n8n.pipeline.add(`items:${RECEIVER}/events`, [createEvent({ body: { n: 1 } })]);
			await eventually(
				'a dead letter',
				async () => (await n8n.pipeline.store.deadLetters()).length > 0,
			);
			const request = sink.requests.at(-1)!;
			// They were sent.
			assert.match(JSON.stringify([request.url, request.headers]), new RegExp(MARK.slice(4, -4)));
			await look([TOKEN, ...valuesMade(request.headers)]);
			await running.close();
		});
	}

	for (const kind of SCHEMES.map((one) => one.kind).filter((one) =>
		kindsWithCredential().includes(one),
	)) {
		it(`that receives by ${kind} are in no document, row, log, status and answer`, async () => {
			const running = await start({
				startOn: 'pushedEvents',
				authentication: kind,
				then: 'flow',
				flushCount: 100,
				flushSeconds: 3_600,
			});
			const basic = Buffer.from(`sluice:${MARK}`).toString('base64');
			const pushes = [
				{},
				{ headers: { authorization: [`Basic ${basic}`] } },
				{ headers: { authorization: [`Bearer ${MARK}`] } },
				{ headers: { 'x-api-key': [MARK] } },
				{ query: { key: [MARK] } },
			];
			const answers = await Promise.all(
				pushes.map((push) => n8n.pipeline.accept(RECEIVER, aPush(push))),
			);
			const isKey = ['basic', 'bearer', 'header-key', 'query-key'].includes(kind);
			assert.equal(answers.filter(({ status }) => status === 200).length, isKey ? 1 : 0);
			await look();
			assertNoSecret({ answers });
			await running.close();
		});
	}
});

/** Parts of headers that were made for one request, such as signatures. */
function valuesMade(headers: IncomingHttpHeaders): string[] {
	return Object.entries(headers).flatMap(([name, value]) =>
		/^(host|connection|content-.*|user-agent|idempotency-key|accept.*|.*-id|.*timestamp)$/.test(
			name,
		)
			? []
			: String(value).split(/[\s,=]+/),
	);
}
