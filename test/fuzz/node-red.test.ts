/** The same at Node-RED's own address; needs a build, as the tests of `test/integration` do. What Node-RED answers itself is not ours (R61). */
import assert from 'node:assert/strict';
import path from 'node:path';
import { openInspector } from '../../core/buffer/inspect/open-inspector';
import { ROW_STATES } from '../../core/buffer/inspect/store-inspector';
import { collect } from '../support/collect';
import { aBuffer, aReceiver, node, TAB } from '../support/flows';
import { NodeRedWorld } from '../support/node-red-world';
import { Books, storedEvent } from './requests/oracle';
import { SECRET, type FuzzPlace } from './requests/places';
import { sendAll } from './requests/send-all';

/** `npm run fuzz` multiplies them. */
const COUNT = 300 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);
const SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const noDamage = ({ message }: { readonly message: string }) => assert.fail(message);
const LIMITS = { maxBodyBytes: 50_000, maxDecompressedBytes: '100000' };
const PLACES: Record<string, { readonly place: FuzzPlace; readonly config?: object }> = {
	open: { place: { target: '/in/open', body: 'json' } },
	array: { place: { target: '/in/array', body: 'array' }, config: { split: 'array' } },
	lines: { place: { target: '/in/lines', body: 'ndjson' }, config: { split: 'ndjson' } },
	table: { place: { target: '/in/table', body: 'csv' }, config: { split: 'csv' } },
	events: {
		place: { target: '/in/events', body: 'cloudevents' },
		config: { split: 'cloudevents' },
	},
	signed: {
		place: {
			target: '/in/signed',
			body: 'json',
			signs: { kind: 'body-jwt', secrets: [SECRET] },
		},
		config: { auth: [{ kind: 'body-jwt' }], secret: 'secret' },
	},
	url: {
		place: { target: `/in/url/${SECRET}`, body: 'json' },
		config: { auth: [{ kind: 'url-secret' }] },
	},
};

describe(`fuzz: requests to a real Node-RED, seed ${SEED}`, function () {
	this.timeout(1_800_000);
	let world: NodeRedWorld;

	before(async () => {
		world = await NodeRedWorld.create();
		// Rows wait, since nothing is wired to what would take them.
		const buffers = [aBuffer({ count: 10_000, time: '24h' })];
		await world.start({
			flows: [
				TAB,
				node('sluice-secret', 'secret', { configVersion: 1 }),
				...Object.entries(PLACES).map(([id, { config }]) =>
					aReceiver(id, { buffers, ...LIMITS, ...config }, []),
				),
			],
			credentials: { secret: { secret: SECRET }, url: { urlSecret: SECRET } },
		});
	});
	after(() => world?.close());

	it('stores what it answers with 2xx and nothing else, tells nothing, hangs never, and goes on', async () => {
		const places = Object.values(PLACES).map(({ place }) => place);
		const observed = await sendAll(world.port, places, { count: COUNT, seed: SEED });
		assert.equal((await world.push('/in/open', { good: true })).status, 200);
		await world.stop();
		const directory = path.join(world.userDir, 'sluice', 'default');
		const inspector = await openInspector({ kind: 'sqlite', directory });
		const rows = await collect(inspector.rows(ROW_STATES, noDamage));
		await inspector.close();
		const stored = rows.map(({ row }) => storedEvent(row.payload));
		const [good] = stored.splice(
			stored.findIndex(({ mark }) => mark === undefined),
			1,
		);
		assert.ok(good);
		const books = new Books(({ headers }) => /^text\/html/.test(headers['content-type'] ?? ''));
		books.check(observed, stored);
		// It logs the stacks of its own body parser.
		const isOurs = (line: string) => /uncaught|unhandled|[\\/]dist[\\/]/i.test(line);
		assert.deepEqual(world.log.filter(isOurs), []);
		console.log(`      ${observed.length} connections, ${stored.length} events`);
	});
});
