import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import {
	CoreError,
	errorAnswer,
	previewPush,
	ReceiveError,
	requestQuery,
	requestTarget,
	type Answer,
	type PushedRequest,
} from '../../core/index';
import { readConfiguration } from './configuration';
import { itemOf } from './items';
import { saveTestOutputs } from './manual';
import { testOutputs } from './outputs';
import { codeOf, pushInto } from './receiver';

/** A request as n8n hands it over: parsed where it knows the type, else still unread (N82). */
type HostRequest = ReturnType<IWebhookFunctions['getRequestObject']> & {
	rawBody?: Buffer;
	readRawBody?: () => Promise<void>;
};

/** Stores the push and answers; starts no execution (N49). Never throws: n8n would answer 500 and start a failed execution (N50). */
export async function storePush(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		send(
			context,
			takesPushes(context) ? await pushInto(context, await pushedRequest(context)) : noReceiver(),
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
		if (!takesPushes(context)) {
			send(context, noReceiver());
			return { noWebhookResponse: true };
		}
		const { receiver, buffers, options } = await readConfiguration(context);
		const { answer, records } = await previewPush(
			receiver,
			buffers.map(({ config }) => config),
			await pushedRequest(context),
			{ numbers: options.numbers ?? 'double' },
		);
		send(context, answer);
		if (!records) return { noWebhookResponse: true };
		const facts = { batchId: 'test', attempt: 1 };
		const items = buffers.map(({ parameters }, index) =>
			(records[index] ?? []).map((record) => itemOf(record, parameters.data === 'event', facts)),
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

/** n8n gives a buffer that workflows fill a URL all the same; nothing is served there. */
function takesPushes(context: IWebhookFunctions): boolean {
	return context.getNodeParameter('startOn', 'pushedEvents') === 'pushedEvents';
}

function noReceiver(): Answer {
	return errorAnswer(
		new ReceiveError(
			'ERR_RECEIVER_UNKNOWN',
			'this buffer is filled by workflows and takes no pushes',
		),
	);
}

/** What is wrong is shown where the workflow is published. The sender learns nothing of it, and comes again. */
function isMisconfigured(error: unknown): boolean {
	return error instanceof CoreError && error.stage === 'configure';
}

function notRunning(): ReceiveError {
	return new ReceiveError('ERR_RECEIVER_CLOSING', 'the receiver does not run; try again');
}

async function pushedRequest(context: IWebhookFunctions): Promise<PushedRequest> {
	const request = context.getRequestObject() as HostRequest;
	if (/^\s*multipart\//i.test(request.headers['content-type'] ?? '')) {
		throw new ReceiveError('ERR_CONTENT_TYPE', 'n8n does not keep the bytes of multipart bodies');
	}
	if (!request.rawBody && request.readRawBody) await request.readRawBody();
	const { webhookId = '' } = context.getNode();
	// The host's own reading of it loses what is no UTF-8, and makes objects of brackets.
	const query = requestQuery(request);
	return {
		method: request.method,
		target: requestTarget(request),
		// n8n has matched the webhook id in the path; the receiver takes it as the last segment.
		path: `${request.path.replace(`/${webhookId}/`, '/')}/${webhookId}`,
		...(query === undefined ? {} : { query }),
		headers: unpackedHeaders(request.headers),
		body: request.rawBody ?? Buffer.alloc(0),
		remoteAddress: request.socket.remoteAddress ?? '',
	};
}

/** n8n unpacks these two; their headers would be untrue of the bytes that it gives. */
function unpackedHeaders(headers: HostRequest['headers']): HostRequest['headers'] {
	if (!['gzip', 'deflate'].includes(headers['content-encoding'] ?? '')) return headers;
	const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers;
	return rest;
}

function send(context: IWebhookFunctions, { status, headers, body }: Answer): void {
	const response = context.getResponseObject();
	if (!response.headersSent) response.status(status).set(headers).send(body);
}
