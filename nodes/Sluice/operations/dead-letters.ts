import { purge, purgeDeadLetter, replay } from '../../../core/index';
import { confirmOf, instantOf, onBuffer } from '../choices';
import { eachItem, withPipeline, type Operation } from '../run';

/** Puts dead letters back: one, or those of a buffer; their rows are delivered again from the first attempt. */
export const replayDeadLetters: Operation = (context) =>
	isOne(context) ? replayOne(context) : replayOfBuffer(context);

/** Removes one dead letter, or those of a buffer, for good. */
export const purgeDeadLetters: Operation = (context) =>
	isOne(context) ? purgeOne(context) : purgeOfBuffer(context);

const replayOne = onDeadLetter(async (pipeline, batchId) => ({
	batchId,
	...(await replay(pipeline, { batchId })),
}));

const replayOfBuffer = onBuffer(({ context, pipeline, exportId, index }) => {
	const since = instantOf(context, index, 'since');
	return replay(pipeline, { exportId, ...(since === undefined ? {} : { since }) });
});

const purgeOne = onDeadLetter(purgeDeadLetter);

const purgeOfBuffer = onBuffer(({ context, pipeline, exportId, index }) =>
	purge(pipeline, exportId, { what: 'dead', confirm: confirmOf(context, index) }),
);

function onDeadLetter(
	work: (...args: Parameters<typeof purgeDeadLetter>) => Promise<object>,
): Operation {
	return (context) =>
		withPipeline(context, async (open) =>
			eachItem(context, async (index) => {
				const batchId = String(context.getNodeParameter('batchId', index, '')).trim();
				return [{ json: { ...(await work(await open(), batchId)) } }];
			}),
		);
}

/** The same for all items: the parameter takes no expression. */
function isOne(context: Parameters<Operation>[0]): boolean {
	return context.getNodeParameter('which', 0, 'one') === 'one';
}
