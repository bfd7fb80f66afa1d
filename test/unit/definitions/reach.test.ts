import assert from 'node:assert/strict';
import { DEFINED } from '../../../core/definitions/definition';
import { createEvent } from '../../../core/event/create-event';
import type { ApiReach } from '../../../core/sink/api-reach';
import { DefinitionWorld } from '../../support/definition-world';
import { anExportInput, OPEN } from '../../support/pipeline-fixtures';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

/** Who may define a destination over an API is somebody else than who runs the machine it is reached from. */
describe('destinations made over an API', () => {
	let world: DefinitionWorld;
	let server: SinkServer;
	beforeEach(async () => {
		world = await DefinitionWorld.open('memory');
		server = await startSinkServer();
	});
	afterEach(async () => {
		await world.close();
		await server.close();
	});

	/** The code of what came of an event on its way there. */
	const deliver = async () => {
		const event = createEvent({ body: Buffer.from('{}'), receivedAt: world.clock.now() });
		const { became, error } = await world.pipeline.tryDelivery('r1/main', event);
		return error?.code ?? became;
	};
	const define = async (sink: object, reach?: ApiReach) => {
		const api = await world.api(reach ? { ports: () => ({ reach }) } : {});
		await api.putReceiver({ id: 'r1', auth: OPEN });
		await api.putExport({ config: anExportInput(), sink: { kind: 'http', ...sink } as never });
	};

	it('reach nothing on this machine or in its networks', async () => {
		for (const url of [
			server.url,
			server.url.replace('127.0.0.1', 'localhost'),
			'https://10.0.0.1/',
			'https://169.254.169.254/latest/meta-data',
		]) {
			await define({ url });
			assert.equal(await deliver(), 'ERR_SINK_ADDRESS_BLOCKED', url);
		}
		assert.equal(server.requests.length, 0);
	});

	it('reach what whoever serves the API has listed', async () => {
		await define({ url: server.url }, { allowedCidrs: ['127.0.0.1/32'] });
		assert.equal(await deliver(), 'delivered');
		assert.equal(server.requests.length, 1);
	});

	it('cannot say themselves what they may reach, by no field', async () => {
		for (const [field, value] of Object.entries({
			origin: 'literal',
			allowHttp: true,
			allowedCidrs: ['127.0.0.1/32'],
			proxy: { url: server.url },
		})) {
			await assert.rejects(define({ url: 'https://example.com/', [field]: value }), {
				code: 'ERR_CONFIG_INVALID',
				message: new RegExp(`sink\\.${field}`),
			});
		}
	});

	it('are held to it also where a definition says otherwise that was stored another way', async () => {
		await define({ url: server.url });
		const { documents } = world.store;
		const found = await documents.get(DEFINED.export, 'r1/main');
		const value = found?.value as { sink: object };
		const sink = {
			...value.sink,
			origin: 'literal',
			allowHttp: true,
			allowedCidrs: ['127.0.0.1/32'],
		};
		await documents.put(DEFINED.export, 'r1/main', { ...value, sink });
		await world.restart();
		await world.api();
		assert.equal(await deliver(), 'ERR_SINK_ADDRESS_BLOCKED');
		assert.equal(server.requests.length, 0);
	});
});
