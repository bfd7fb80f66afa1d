import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import {
	createHttpTarget,
	withoutCredentials,
	type HttpSinkConfig,
	type HttpTarget,
} from '../../../core/index';
import { asksForCredential, credentialHeaders, signatureSecrets } from '../../shared/credentials';
import { readField, textOf } from '../fields';
import { eachItem, inputItem, type Operation } from '../run';

/** Sends each item and waits for the answer; nothing is kept and nothing comes again. */
export const forwardNow: Operation = async (context) => {
	const targets = new Map<string, HttpTarget>();
	try {
		return await eachItem(context, async (index) => {
			const target = targetFor(targets, await targetConfig(context, index));
			const body = bodyOf(context, index);
			const startedAt = Date.now();
			const { outcome, response } = await target.push(Buffer.from(body), {
				contentType: isJson(body) ? 'application/json' : 'text/plain; charset=utf-8',
				signal: context.getExecutionCancelSignal(),
			});
			if (outcome.kind !== 'ack') throw outcome.error;
			const attemptMs = Date.now() - startedAt;
			const answer = response ? answerOf(response.body) : undefined;
			return [
				{
					json: {
						status: response?.status ?? null,
						...(answer === undefined ? {} : { body: answer }),
						attemptMs,
					},
				},
			];
		});
	} finally {
		for (const target of targets.values()) target.close();
	}
};

/** One per endpoint, so that its connections are used again. */
function targetFor(targets: Map<string, HttpTarget>, config: HttpSinkConfig): HttpTarget {
	const key = JSON.stringify(config);
	const target = targets.get(key) ?? createHttpTarget(config);
	targets.set(key, target);
	return target;
}

async function targetConfig(context: IExecuteFunctions, index: number): Promise<HttpSinkConfig> {
	const { timeoutSeconds = 10 } = optionsOf(context, index);
	const header: unknown = context.getNodeParameter('forwardHeader', index, 'none');
	const hasHeader = asksForCredential('forwardHeader', header, 'none');
	const [secret] = context.getNodeParameter('signRequests', index, false)
		? await signatureSecrets(context, index)
		: [];
	return {
		url: String(context.getNodeParameter('url', index, '')).trim(),
		origin: isTypedText(context.getNode().parameters['url']) ? 'literal' : 'dynamic',
		headers: hasHeader ? await credentialHeaders(context, index) : {},
		...(secret === undefined ? {} : { signature: { secret } }),
		timeoutMs: Math.round(timeoutSeconds * 1000),
	};
}

interface ForwardOptions {
	readonly timeoutSeconds?: number;
	readonly sendCredentials?: boolean;
}

function optionsOf(context: IExecuteFunctions, index: number): ForwardOptions {
	return context.getNodeParameter('options', index, {}) as ForwardOptions;
}

/** A URL from an expression may have come from outside, and may not reach what is private (architecture, decision 6). */
function isTypedText(parameter: unknown): boolean {
	return typeof parameter === 'string' && !parameter.startsWith('=');
}

function bodyOf(context: IExecuteFunctions, index: number): string {
	const { sendCredentials = false } = optionsOf(context, index);
	const item = inputItem(context, index).json;
	const json = sendCredentials ? item : (withoutCredentials(item) as IDataObject);
	if (context.getNodeParameter('body', index, 'item') !== 'field') return textOf(json);
	const name = context.getNodeParameter('bodyField', index, 'body') as string;
	return textOf(readField(json, name, 'bodyField'));
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** Parsed where it is JSON; undefined where there is none. */
function answerOf(body: Uint8Array): IDataObject[string] {
	const text = Buffer.from(body).toString();
	if (text === '') return undefined;
	try {
		return JSON.parse(text) as IDataObject;
	} catch {
		return text;
	}
}
