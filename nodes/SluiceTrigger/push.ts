import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import {
	bodyChunks,
	CoreError,
	drainRest,
	errorAnswer,
	previewPush,
	ReceiveError,
	requestQuery,
	requestTarget,
	withoutContentCoding,
	type Answer,
	type PushedRequest,
} from '../../core/index';
import { readConfiguration } from './configuration';
import { codeOf } from '../shared/errors';
import { EXAMPLES } from './examples';
import { eventItem, rowItem, rowOf, writtenItem } from './items';
import { saveTestOutputs } from './manual';
import { testOutputs } from './outputs';
import { pushInto } from './receiver';
import { takesUrlSecret } from './ways';
import { isTold, startOnName, startOnOf, type ToldKind } from './start-on';

/** A request as n8n hands it over: read where it knows the type, else still unread (N82). */
type HostRequest = ReturnType<IWebhookFunctions['getRequestObject']> & { rawBody?: Buffer };

/** Stores the push and answers; starts no execution (N49). Never throws: n8n would answer 500 and start a failed execution (N50). */
export async function storePush(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		send(
			context,
			startOnOf(context) === 'pushedEvents'
				? await pushInto(context, pushedRequest(context))
				: noReceiver(context),
		);
	} catch (error) {
		context.logger.error(`Sluice Trigger could not take a push (${codeOf(error)})`);
		send(context, errorAnswer(isMisconfigured(error) ? notRunning() : error));
	}
	return { noWebhookResponse: true };
}

/** Test mode: the first event at once, whatever the thresholds say, and nothing is stored (N58–N61). */
export async function previewInEditor(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		const startOn = startOnOf(context);
		if (isTold(startOn)) return showExample(context, startOn);
		if (startOn !== 'pushedEvents') {
			send(context, noReceiver(context));
			return { noWebhookResponse: true };
		}
		const { receiver, buffers } = await readConfiguration(context);
		const { answer, records, written } = await previewPush(
			receiver,
			buffers.map(({ config }) => config),
			pushedRequest(context),
			{ contents: buffers.map(({ content, config: { id } }) => ({ ...content, label: id })) },
		);
		send(context, answer);
		if (!records) return { noWebhookResponse: true };
		const facts = { batchId: 'test', attempt: 1 };
		const items = await Promise.all(
			buffers.map(async ({ parameters }, index) => {
				const one = written?.[index];
				if (one) return [await writtenItem(context, one, facts)];
				const toItem = parameters.data === 'event' ? eventItem : rowItem;
				return (records[index] ?? []).map((record) => toItem(record, facts));
			}),
		);
		const outputs = testOutputs(
			buffers.map(({ parameters }) => parameters),
			items,
		);
		saveTestOutputs(context, outputs);
		return { noWebhookResponse: true, workflowData: outputs };
	} catch (error) {
		context.logger.error(`Sluice Trigger could not take a test push (${codeOf(error)})`);
		send(context, errorAnswer(error));
		return { noWebhookResponse: true };
	}
}

/** Nothing is wrong while somebody builds a workflow; so any push to the test URL brings an example. */
function showExample(context: IWebhookFunctions, startOn: ToldKind): IWebhookResponseData {
	const outputs = [[rowOf(EXAMPLES[startOn])]];
	send(context, {
		status: 200,
		headers: { 'content-type': 'application/json; charset=utf-8' },
		body: JSON.stringify({ example: true }),
	});
	saveTestOutputs(context, outputs);
	return { noWebhookResponse: true, workflowData: outputs };
}

/** n8n gives a Trigger a URL whatever it starts on; nothing is served there. */
function noReceiver(context: IWebhookFunctions): Answer {
	const name = startOnName(startOnOf(context));
	return errorAnswer(
		new ReceiveError('ERR_RECEIVER_UNKNOWN', `this Trigger is on ${name} and takes no pushes`),
	);
}

/** What is wrong is shown where the workflow is published. The sender learns nothing of it, and comes again. */
function isMisconfigured(error: unknown): boolean {
	return error instanceof CoreError && error.stage === 'configure';
}

function notRunning(): ReceiveError {
	return new ReceiveError('ERR_RECEIVER_CLOSING', 'the receiver does not run; try again');
}

function pushedRequest(context: IWebhookFunctions): PushedRequest {
	const request = context.getRequestObject() as HostRequest;
	if (/^\s*multipart\/form-data/i.test(request.headers['content-type'] ?? '')) {
		throw new ReceiveError('ERR_CONTENT_TYPE', 'n8n does not keep the bytes of multipart forms');
	}
	const { webhookId = '' } = context.getNode();
	const isRenewed = request.path.includes(`/${webhookId}/${webhookId}/`);
	if (isRenewed && !takesUrlSecret(context))
		throw new ReceiveError('ERR_RECEIVER_UNKNOWN', 'nothing is served at this path');
	// The host's own reading of it loses what is no UTF-8, and makes objects of brackets.
	const query = requestQuery(request);
	return {
		method: request.method,
		target: requestTarget(request),
		// n8n has matched the webhook id in the path; the receiver takes it as the last segment, unless a renewed secret stands there.
		path: isRenewed
			? request.path.replace(`/${webhookId}/${webhookId}/`, '/')
			: `${request.path.replace(`/${webhookId}/`, '/')}/${webhookId}`,
		...(query === undefined ? {} : { query }),
		...bodyOf(request),
		isOpenToPages: true,
		remoteAddress: request.socket.remoteAddress ?? '',
	};
}

/**
 * What n8n has not read is read here, as it was sent and no further than the receiver's limit. What it has read it has decompressed, where it
 * knows the coding, and whatever the limit is here: the headers would be untrue of these bytes (N83).
 */
function bodyOf(request: HostRequest): Pick<PushedRequest, 'headers' | 'body' | 'isDecompressed'> {
	const { headers, rawBody: body } = request;
	if (!body) return { headers, body: bodyChunks(request) };
	if (!['gzip', 'deflate'].includes(headers['content-encoding'] ?? '')) return { headers, body };
	return { headers: withoutContentCoding(headers), body, isDecompressed: true };
}

function send(context: IWebhookFunctions, { status, headers, body }: Answer): void {
	const response = context.getResponseObject();
	if (response.headersSent) return;
	response.status(status).set(headers).send(body);
	drainRest(context.getRequestObject());
}
