/** n8n's own way: a Webhook that answers at once, Edit Fields, and 20 nodes of Postgres that insert; executions are not saved. */
import { Client } from 'pg';
import { N8nWorld } from '../support/n8n-world';
import { anN8nNode, aWebhook, wire } from '../support/n8n-workflows';
import { countSql, KEYLESS, tableNames, type Way } from './tables-end';

const NAMES = KEYLESS.map(({ name }) => name);
const EVENT = '$json.body.event';
/** Of each column, an expression. */
const VALUES: Readonly<Record<string, string>> = {
	id: `={{ ${EVENT}.eventId }}`,
	received_at: '={{ $now.toISO() }}',
	ip: `={{ $json.headers['host'] }}`,
	device: `={{ ${EVENT}.targetName }}`,
	value: `={{ ${EVENT}.data.temperature.value }}`,
	reading: `={{ JSON.stringify({ data: ${EVENT}.data, type: ${EVENT}.eventType }) }}`,
};
const NOT_SAVED = {
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
	saveExecutionProgress: false,
};

export async function n8nWay(connectionString: string): Promise<Way> {
	const client = new Client({ connectionString });
	// Its end is that of the server.
	client.on('error', () => {});
	await client.connect();
	for (const table of tableNames('theirs'))
		await client.query(`CREATE TABLE ${table} (${NAMES.map((name) => `${name} text`).join(', ')})`);
	const world = await N8nWorld.create();
	const { hostname: host, port, username: user, password } = new URL(connectionString);
	const data = { host, port: Number(port), database: 'postgres', user, password, ssl: 'disable' };
	const postgres = await world.api.createCredential('postgres', 'bench', data);
	const webhook = aWebhook('bench/tables', { responseMode: 'onReceived', responseData: undefined });
	// Once for all tables: each expression costs.
	const assignments = Object.entries(VALUES).map(([name, value]) => ({
		id: name,
		name,
		value,
		type: 'string',
	}));
	const fields = anN8nNode('Fields', 'n8n-nodes-base.set', 3.4, {
		assignments: { assignments },
		options: {},
	});
	const inserts = tableNames('theirs').map((table) =>
		anN8nNode(
			table,
			'n8n-nodes-base.postgres',
			2.6,
			{
				schema: { __rl: true, mode: 'name', value: 'public' },
				table: { __rl: true, mode: 'name', value: table },
				columns: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [] },
				options: {},
			},
			{ credentials: { postgres } },
		),
	);
	const id = await world.api.createWorkflow({
		name: 'bench tables',
		nodes: [webhook, fields, ...inserts],
		connections: { ...wire(webhook, [fields]), ...wire(fields, inserts) },
		settings: NOT_SAVED,
	});
	await world.api.activate(id);
	return {
		what: `n8n: Webhook → Edit Fields → ${inserts.length} × Postgres (insert), answered before they are written, executions not saved`,
		url: `${world.url}/webhook/bench/tables`,
		events: 40,
		connections: 4,
		async count() {
			const { rows } = await client.query<{ n: string }>(countSql('theirs'));
			return Number(rows[0]?.n);
		},
		async close() {
			await world.close();
			await client.end();
		},
	};
}
