import type { IExecuteFunctions } from 'n8n-workflow';
import {
	authenticate,
	fetchText,
	validateAuth,
	valueLists,
	type SchemeConfig,
} from '../../../core/index';
import { signatureSecrets } from '../../shared/credentials';
import { readScheme } from '../../shared/schemes';
import { objectAt, readField, textOf } from '../fields';
import { eachItem, inputItem, type Operation } from '../run';

/** Lets the items pass, unchanged, whose signature was made for their body by one of the secrets. */
export const verify: Operation = async (context) =>
	eachItem(context, async (index) => {
		const scheme = await readScheme<SchemeConfig>(
			'scheme',
			context.getNodeParameter('scheme', index) as string,
			context.getNodeParameter('schemeOptions', index, {}),
			() => signatureSecrets(context, index),
		);
		const auth: readonly SchemeConfig[] = [scheme];
		validateAuth(auth, 'scheme');
		const headersField = context.getNodeParameter('headersField', index, 'headers') as string;
		const item = inputItem(context, index);
		const request = {
			method: 'POST',
			query: valueLists(objectAt(item.json, 'query')),
			headers: valueLists(objectAt(item.json, headersField), (name) => name.toLowerCase()),
			body: Buffer.from(await bodyOf(context, index)),
			now: Date.now(),
			fetchText,
		};
		await authenticate(request, auth);
		return [{ json: item.json, ...(item.binary ? { binary: item.binary } : {}) }];
	});

/** A raw body is a file (Webhook node, option Raw Body) or a text; what was parsed is written as JSON again, which may differ. */
async function bodyOf(context: IExecuteFunctions, index: number): Promise<Uint8Array | string> {
	const { json, binary } = inputItem(context, index);
	const name = context.getNodeParameter('bodyField', index, 'body') as string;
	if (binary?.[name]) return context.helpers.getBinaryDataBuffer(index, name);
	return textOf(readField(json, name, 'bodyField'));
}
