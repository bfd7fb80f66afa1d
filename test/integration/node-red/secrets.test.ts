import assert from 'node:assert/strict';
import path from 'node:path';
import { thatSign } from '../../../core/pure/scheme-description';
import { SCHEMES } from '../../../core/signature/schemes/index';
import { eventually } from '../../support/eventually';
import { aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { assertNoSecret, filesBelow, MARK } from '../../support/secret-hunt';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const IN_URL = MARK.replace('=', '');
const VARIABLE = 'SLUICE_TEST_SECRET';
const SIGNING = thatSign(SCHEMES).map(({ kind }) => kind);
const RECEIVING = ['body-jwt', 'hmac', 'standard-webhooks', 'jwt', 'header-key', 'bearer', 'basic'];

/** http in → a forward node, which answers nobody. */
const toForward = (id: string, config: object): object[] => [
	node('http in', `${id}-in`, { url: `/t/${id}`, method: 'post', upload: false }, [id, 'taken']),
	node('sluice-forward', id, { configVersion: 1, ...config }, []),
];

/** Node-RED tells what it catches and what nodes show, as lines of its log. */
const tell = (id: string, type: 'catch' | 'status', what: string): object[] => [
	node(type, id, { scope: null }, [`${id}-tell`]),
	node('function', `${id}-tell`, {
		func: `node.warn('seen ' + JSON.stringify(${what}));`,
		outputs: 1,
	}),
];

describe('the secrets of nodes, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		// Tells everything it got.
		sink.answer = ({ url, headers }, response) => {
			response.writeHead(422).end(JSON.stringify([url, headers]));
		};
		process.env[VARIABLE] = MARK;
		await world.start({
			flows: [
				TAB,
				node('sluice-secret', 'secret', { configVersion: 1 }),
				aReceiver('in-url', { auth: [{ kind: 'url-secret' }] }, ['out']),
				...RECEIVING.map((kind) =>
					aReceiver(kind, { auth: [{ kind }], secret: 'secret' }, ['out']),
				),
				node('debug', 'out', { active: false }),
				...SIGNING.flatMap((kind) =>
					toForward(`forward-${kind}`, {
						url: `${sink.url}/${MARK}?key=${MARK}`,
						secret: 'secret',
						signatures: [{ kind }],
						headers: [
							{ name: 'X-Key', secret: true },
							{ name: 'X-Variable', value: `\${${VARIABLE}}` },
						],
					}),
				),
				node('http response', 'taken', { statusCode: '', headers: {} }),
				node('http in', 'ask', { url: '/t/control', method: 'post' }, ['control']),
				node('sluice-control', 'control', { verb: '', buffer: '', store: '', configVersion: 1 }, [
					'taken',
				]),
				...tell('caught', 'catch', 'msg.error'),
				...tell('shown', 'status', 'msg.status'),
			],
			credentials: {
				secret: { secret: MARK, previous: `${MARK.slice(0, -4)}AAAA` },
				'in-url': { urlSecret: IN_URL },
				...Object.fromEntries(
					SIGNING.map((kind) => [
						`forward-${kind}`,
						{ secretHeaders: JSON.stringify({ 'x-key': MARK }) },
					]),
				),
			},
		});
		delete process.env[VARIABLE];
	});
	after(async () => {
		await world.close();
		await sink.close();
	});

	const control = async (verb: string, more: object = {}) =>
		(await world.push('/t/control', { verb, ...more })).text;

	it('are in no document, row, log, status, error, snapshot and dead letter', async () => {
		await eventually(
			'the receivers',
			async () => (await world.push(`/in/in-url/${IN_URL}`, { n: 1 })).status === 200,
		);
		const answers = [await world.push(`/in/in-url/${IN_URL}x`, { n: 2 })];
		for (const kind of RECEIVING) {
			answers.push(
				await world.push(`/in/${kind}`, { n: 3 }, { authorization: `Bearer ${MARK}` }),
				await world.push(`/in/${kind}`, { n: 4 }, { 'x-api-key': MARK }),
			);
		}
		assert.equal(answers.filter(({ status }) => status === 200).length, 2);
		for (const kind of SIGNING) await world.push(`/t/forward-${kind}`, { n: 5 });
		await eventually('their dead letters', async () => {
			const letters = JSON.parse(await control('deadLetters')) as unknown[];
			return letters.length === SIGNING.length;
		});
		assert.equal(
			sink.requests.every(
				({ headers }) => headers['x-variable'] === MARK && headers['x-key'] === MARK,
			),
			true,
		);
		const made = sink.requests.flatMap(({ headers }) =>
			['x-dt-signature', 'authorization', 'webhook-signature'].flatMap((name) =>
				String(headers[name] ?? '').split(/[\s,=]+/),
			),
		);
		const files = await filesBelow(path.join(world.userDir, 'sluice'));
		assert.ok(files.includes('definitions.exports'));
		const seen = world.log.filter((line) => line.includes('seen '));
		assert.ok(seen.length > SIGNING.length, 'statuses and errors were told');
		assertNoSecret(
			{
				files,
				log: world.log,
				answers,
				snapshot: await control('snapshot'),
				letters: await control('deadLetters'),
			},
			made,
		);
	});
});
