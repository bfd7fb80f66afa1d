/** `npm run demo`: the demo of the README in a real Node-RED with the packed package. */
import path from 'node:path';
import { freePort } from '../host/free-port';
import { prepareUserDir, startNodeRed } from '../host/node-red-host';
import { installIntoPalette, packPackage } from '../host/package';
import { demoFlow, IDS, SENSORS_PATH } from './node-red-flow';
import { runDemo, say } from './run-demo';

runDemo(async ({ folder: userDir, secret, reportUrl }) => {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	say('packing and installing the package …');
	await installIntoPalette(userDir, await packPackage(path.join(userDir, 'pack')));
	const options = {
		userDir,
		port,
		flows: demoFlow(url, reportUrl),
		credentials: { [IDS.secret]: { secret } },
	};
	await prepareUserDir(options);
	say('starting Node-RED …');
	let host = await startNodeRed(options);
	return {
		name: 'Node-RED',
		editor: url,
		sensorsUrl: `${url}${SENSORS_PATH}`,
		eventsPerSecond: 40,
		kill: () => host.kill(),
		restart: async () => void (host = await startNodeRed(options)),
		stop: () => host.stop(),
	};
});
