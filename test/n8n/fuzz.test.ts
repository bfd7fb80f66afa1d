/** The same at the webhook URL of a real n8n, with the generators of `test/fuzz`. What n8n answers itself is not ours (N81, N84, N85). */
import assert from 'node:assert/strict';
import { openStore, type Store } from '../../core/index';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { SECRET, type FuzzPlace } from '../fuzz/requests/places';
import type { ReadAnswer } from '../fuzz/requests/read-answers';
import { fuzzRounds } from '../fuzz/requests/rounds';
import { aTrigger } from '../support/n8n-workflows';
import { sharedN8n, type N8nWorld } from '../support/n8n-world';
import { sharedPostgres } from '../support/postgres';
import { skipWithout } from '../support/skip';

/** Rounds of up to 8 connections: n8n needs a tenth of a second for a request (N98). */
const RUNS = 20 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);
const SCHEMA = 'sluice_fuzz_n8n';

const splits = (split: string) => ({
	authentication: 'none',
	options: { split, maxBodyBytes: 50_000 },
});
const PLACES: Readonly<
	Record<
		string,
		{
			readonly place: Omit<FuzzPlace, 'target'>;
			readonly parameters: object;
			readonly isSigned?: true;
		}
	>
> = {
	open: { place: { body: 'json' }, parameters: { authentication: 'none' } },
	url: { place: { body: 'json' }, parameters: {} },
	array: { place: { body: 'array' }, parameters: splits('array') },
	lines: { place: { body: 'ndjson' }, parameters: splits('ndjson') },
	table: { place: { body: 'csv' }, parameters: splits('csv') },
	events: { place: { body: 'cloudevents' }, parameters: splits('cloudevents') },
	signed: {
		place: { body: 'json', signs: { kind: 'body-jwt', secrets: [SECRET] } },
		parameters: { authentication: 'body-jwt' },
		isSigned: true,
	},
};

/** It answers with pages, with nothing, and with JSON of its own form, stacks included; none of that is the answer to an event. */
function isN8ns({ status, headers, body }: ReadAnswer): boolean {
	const shown = JSON.stringify({ headers, body });
	for (const text of [SECRET, 'n8n-nodes-sluice']) assert.ok(!shown.includes(text), shown);
	if (status === 200) assert.match(body, /^\{"(id|duplicate|stored)":/);
	if (status >= 200 && status < 300) return status === 204;
	if (!(headers['content-type'] ?? '').startsWith('application/json')) return true;
	const { error } = JSON.parse(body) as { readonly error?: unknown };
	return typeof error !== 'string';
}

describe('fuzz: requests to a real n8n', function () {
	this.timeout(1_800_000);
	let world: N8nWorld;
	let store: Store;
	let workflow: string;
	const triggers: Record<string, N8nNode> = {};

	before(async function () {
		let connectionString: string;
		try {
			connectionString = await sharedPostgres();
		} catch (error) {
			return skipWithout(this, 'PostgreSQL', error);
		}
		world = await sharedN8n();
		const { hostname, port, username, password, pathname } = new URL(connectionString);
		const sluiceStoreApi = await world.api.createCredential('sluiceStoreApi', 'fuzz', {
			kind: 'postgres',
			configurationType: 'values',
			host: hostname,
			port: Number(port),
			database: pathname.slice(1),
			user: decodeURIComponent(username),
			password: decodeURIComponent(password),
			ssl: 'disable',
			schema: SCHEMA,
		});
		const secret = { secret: SECRET };
		const sluiceSignatureApi = await world.api.createCredential('sluiceSignatureApi', 'f', secret);
		// Rows wait, since nothing is wired to what would take them.
		for (const [id, { parameters, isSigned }] of Object.entries(PLACES)) {
			const signs = isSigned ? { sluiceSignatureApi } : {};
			const waits = { flushCount: 1_000_000, flushSeconds: 3_600 };
			const trigger = aTrigger({ ...waits, ...parameters }, { sluiceStoreApi, ...signs });
			triggers[id] = { ...trigger, name: id };
		}
		workflow = await world.publish('fuzz', Object.values(triggers), {});
		store = await openStore({ kind: 'postgres', connectionString, schema: SCHEMA });
	});
	after(async () => {
		if (workflow) await world?.api.deactivate(workflow);
		await store?.close();
	});

	it('stores what it answers with 2xx and nothing else, tells nothing, hangs never, and goes on', async () => {
		const target = (id: string) => `/webhook/${triggers[id]?.webhookId}/events`;
		const logged = world.log.length;
		await fuzzRounds({
			port: Number(new URL(world.url).port),
			places: Object.entries(PLACES).map(([id, { place }]) => ({ ...place, target: target(id) })),
			open: target('open'),
			store,
			runs: RUNS,
			staysOpen: true,
			isHosts: isN8ns,
		});
		const isOurs = (line: string) => /uncaught|unhandled/i.test(line);
		assert.deepEqual(world.log.slice(logged).filter(isOurs), []);
	});
});
