import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	ConfigError,
	listRequests,
	RECENT_REQUESTS,
	renewUrlSecret as renew,
	pushCommand,
	SCHEMES,
	takeSnapshot,
	testReceiver as test,
	type HeldReceiver,
	type Pipeline,
	type PushCommand,
	type ShownWay,
} from '../../../core/index';
import { eachItem, withPipeline, type Operation } from '../run';
import { instant } from '../shown';
import { givenEvent } from '../given-event';

/** An operation on the receiver of each item; what it gives is shown with the receiver's id before. */
function onReceiver(
	work: (o: {
		readonly context: IExecuteFunctions;
		readonly pipeline: Pipeline;
		readonly receiverId: string;
		readonly index: number;
	}) => Promise<readonly object[]>,
): Operation {
	return (context) =>
		withPipeline(context, async (open) =>
			eachItem(context, async (index) => {
				const pipeline = await open();
				const given: unknown = context.getNodeParameter('receiver', index, '', {
					extractValue: true,
				});
				const receiverId = String(given ?? '').trim();
				const all = await work({ context, pipeline, receiverId, index });
				return all.map((one): Pick<INodeExecutionData, 'json'> => {
					const { receiverId: _, id: _id, ...about } = one as IDataObject;
					return { json: { receiver: receiverId, ...about } };
				});
			}),
		);
}

/** What was taken and refused, when each secret was used last, and how to push by each way. */
export const getReceiver: Operation = onReceiver(async ({ pipeline, receiverId }) => {
	const { receivers } = await takeSnapshot(pipeline);
	const found = receivers.find(({ id }) => id === receiverId);
	if (!found) {
		const known = receivers.map(({ id, label }) => `${id} (${label})`).join(', ');
		const expected = `a receiver that this process holds: ${known || 'there is none'}`;
		throw new ConfigError('receiver', expected, receiverId);
	}
	const { secretUse, urlSecretRenewedAt, metrics, ways, ...counted } = found;
	return [
		{
			...counted,
			ways: ways.map((way) => ({ ...way, ...commandOf(way, found) })),
			secrets: (secretUse?.secrets ?? []).map(({ kind, position, lastUsedAt }) => ({
				kind,
				position,
				lastUsedAt: instant(lastUsedAt),
			})),
			secretsWatchedSince: instant(secretUse?.since),
			urlSecretRenewedAt: instant(urlSecretRenewedAt),
			lastHours: metrics ? { ...metrics, from: instant(metrics.from) } : null,
		},
	];
});

/** Lines of a shell. A secret comes from its environment, since none is to lie in an execution; so does a URL that has one in it. */
function commandOf(
	way: ShownWay,
	{ pushUrl: url, split }: HeldReceiver,
): {
	readonly pushCommand?: string;
	readonly pushCommandNeeds?: string;
} {
	const scheme = SCHEMES.find(({ kind }) => kind === way.kind);
	const command = scheme && pushCommand(scheme, way, { url, split });
	if (!command) return {};
	const { script, asks } = command;
	const isUrlWanted = url === undefined && asks !== 'sender';
	const needs = [...NEEDS[asks], ...(isUrlWanted ? [URL_NEEDED] : [])];
	return { pushCommand: script, pushCommandNeeds: needs.join('; ') };
}

const URL_NEEDED = 'the variable URL: the production URL of the Trigger';

const NEEDS = {
	nothing: ['curl'],
	secret: ['curl and openssl', 'the variable SECRET: the secret of the receiver'],
	token: ['curl', 'the variable TOKEN: a token, which only the issuer can sign'],
	sender: ['the AWS CLI: nobody but Amazon SNS can sign'],
} as const satisfies Record<PushCommand['asks'], readonly string[]>;

/** An item for each request, the newest first. */
export const getRequests: Operation = onReceiver(
	async ({ context, pipeline, receiverId, index }) => {
		const limit = context.getNodeParameter('limit', index, RECENT_REQUESTS.max) as number;
		const { requests } = await listRequests(pipeline, receiverId, { limit });
		return requests.map((one) => ({ ...one, at: instant(one.at) }));
	},
);

export const renewUrlSecret: Operation = onReceiver(async ({ pipeline, receiverId }) => {
	const { formerUntil, ...renewed } = await renew(pipeline, receiverId);
	return [{ ...renewed, formerUntil: instant(formerUntil) }];
});

/** Pushes one event as the sender would; that it is refused is a result, not an error. */
export const testReceiver: Operation = onReceiver(
	async ({ context, pipeline, receiverId, index }) => [
		await test(pipeline, receiverId, givenEvent(context, index)),
	],
);
