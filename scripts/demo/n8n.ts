/** `npm run demo:n8n`: the demo of the README in a real n8n with the packed package. The first time installs n8n. */
import path from 'node:path';
import { freePort } from '../host/free-port';
import { installIntoN8n, OWNER, startN8n } from '../host/n8n-host';
import { ensureN8n } from '../host/n8n-install';
import { packPackage } from '../host/package';
import { collectorWorkflow, pathOf, sensorsWorkflow } from './n8n-workflows';
import { runDemo, say } from './run-demo';

runDemo(async ({ folder: userFolder, secret, reportUrl }) => {
	const app = await ensureN8n(say);
	say('packing and installing the package …');
	await installIntoN8n(userFolder, await packPackage(path.join(userFolder, 'pack')));
	const options = {
		app,
		userFolder,
		port: await freePort(),
		brokerPort: await freePort(),
		// Many times less work per push (N73).
		env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	};
	say('starting n8n …');
	let host = await startN8n(options);
	const { api, url } = host;
	const signature = await api.createCredential('sluiceSignatureApi', 'demo secret', {
		secret,
		previousSecret: '',
	});
	const collector = collectorWorkflow(reportUrl, signature);
	const sensors = sensorsWorkflow(`${url}${pathOf(collector)}`, signature);
	for (const workflow of [collector, sensors]) {
		await api.activate(await api.createWorkflow(workflow));
	}
	return {
		name: 'n8n',
		editor: `${url} (log in as ${OWNER.email} with ${OWNER.password})`,
		sensorsUrl: `${url}${pathOf(sensors)}`,
		eventsPerSecond: 20,
		kill: () => host.kill(),
		restart: async () => void (host = await startN8n(options)),
		stop: () => host.stop(),
	};
});
