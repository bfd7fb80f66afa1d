/** `npm run n8n:install`: puts the pinned n8n into the shared cache, for tests, demo and benchmark. */
import { ensureN8n } from './n8n-install';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

ensureN8n(say).then(
	(folder) => say(`n8n is in ${folder}`),
	(error: unknown) => {
		say(error instanceof Error ? error.message : String(error));
		process.exitCode = 1;
	},
);
