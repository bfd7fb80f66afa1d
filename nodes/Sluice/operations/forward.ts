import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { isJsonText, withoutCredentials, type HttpTarget } from '../../../core/index';
import { authKindOf } from '../../shared/forward-auth';
import { forwardSink, type ForwardSink } from '../../shared/forward-sink';
import type { RequestOptions } from '../../shared/request-options';
import { PROXY_PARAMETER } from '../../shared/proxy-authentication';
import { SSL_PARAMETER } from '../../shared/ssl-certificates';
import { readField, textOf } from '../fields';
import { eachItem, inputItem, type Operation } from '../run';

/** Sends each item and waits for the answer; nothing is kept and nothing comes again. */
export const forward: Operation = async (context) => {
	const targets = new Map<string, HttpTarget>();
	try {
		return await eachItem(context, async (index) => {
			const target = targetFor(targets, await sinkOf(context, index));
			const body = bodyOf(context, index);
			const startedAt = Date.now();
			const { outcome, response } = await target.push(Buffer.from(body), {
				contentType: isJsonText(body) ? 'application/json' : 'text/plain; charset=utf-8',
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
function targetFor(targets: Map<string, HttpTarget>, sink: ForwardSink): HttpTarget {
	const target = targets.get(sink.key) ?? sink.open();
	targets.set(sink.key, target);
	return target;
}

function sinkOf(context: IExecuteFunctions, index: number): Promise<ForwardSink> {
	return forwardSink(context, {
		place: '',
		at: (name) => (name === 'url' ? 'url' : `options.${name}`),
		settings: {
			...optionsOf(context, index),
			url: String(context.getNodeParameter('url', index, '')),
		},
		origin: isTypedText(context.getNode().parameters['url']) ? 'literal' : 'dynamic',
		auth: authKindOf(context.getNodeParameter('forwardAuth', index, 'none')),
		ssl: context.getNodeParameter(SSL_PARAMETER, index, false) === true,
		proxyAuth: context.getNodeParameter(PROXY_PARAMETER, index, false) === true,
		signWith: context.getNodeParameter('signWith', index, 'none') as string,
		signWithOptions: context.getNodeParameter('signWithOptions', index, {}),
		index,
	});
}

interface ForwardOptions extends RequestOptions {
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
