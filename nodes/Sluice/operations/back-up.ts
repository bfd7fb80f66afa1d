import type { IExecuteFunctions } from 'n8n-workflow';
import { backup, ConfigError } from '../../../core/index';
import { eachItem, withPipeline, type Operation } from '../run';
import { instant } from '../shown';

/** A verified copy of the whole store, in a directory for each item. */
export const backUp: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const directory = String(context.getNodeParameter('directory', index, '')).trim();
			await requireAllowed(context, directory);
			const { at, ...made } = await backup(await open(), directory);
			return [{ json: { ...made, at: instant(at), verified: { ...made.verified } } }];
		}),
	);

/** Whoever edits workflows writes where who runs n8n lets them. @throws ConfigError */
async function requireAllowed({ helpers }: IExecuteFunctions, directory: string): Promise<void> {
	// What has no place there is refused by core, which says why.
	const resolved = await helpers.resolvePath(directory).catch(() => undefined);
	if (resolved === undefined || !helpers.isFilePathBlocked(resolved)) return;
	throw new ConfigError(
		'directory',
		'one that n8n lets workflows write to, by N8N_RESTRICT_FILE_ACCESS_TO',
		directory,
	);
}
