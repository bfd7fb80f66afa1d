import { createHash, randomBytes } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

const NAME = 'sluiceRun';

/**
 * By what a batch of items is known where it comes again: when n8n tries this node again (Retry On Fail), or the execution as a whole.
 * It is kept in the data of the execution until the node has ended well, and never that of another one: ids of executions begin anew
 * in a restored n8n.
 *
 * @param content what the batch is: other items are another batch, whatever is kept
 */
export function runKey(
	context: Pick<IExecuteFunctions, 'getContext'>,
	content: readonly string[],
): { readonly key: string; ended(): void } {
	const kept = context.getContext('node');
	const known: unknown = kept[NAME];
	const own = typeof known === 'string' ? known : randomBytes(16).toString('hex');
	kept[NAME] = own;
	const digest = createHash('sha256');
	for (const part of content) digest.update(`${part.length}:${part}`);
	return {
		key: `${own}-${digest.digest('hex').slice(0, 16)}`,
		ended: () => void delete kept[NAME],
	};
}
