import type { IExecuteFunctions } from 'n8n-workflow';
import { verifyBody } from '../../../core/index';
import { signatureSecrets } from '../../shared/credentials';
import { readField, textOf } from '../fields';
import { eachItem, inputItem, type Operation } from '../run';

/** Lets the items pass, unchanged, whose token was made for their body by one of the secrets. */
export const verify: Operation = async (context) =>
	eachItem(context, async (index) => {
		const secrets = await signatureSecrets(context, index);
		const token: unknown = context.getNodeParameter('token', index, '');
		const item = inputItem(context, index);
		await verifyBody({
			token: typeof token === 'string' ? token : undefined,
			body: await bodyOf(context, index),
			secrets,
		});
		return [{ json: item.json, ...(item.binary ? { binary: item.binary } : {}) }];
	});

/** A raw body is a file (Webhook node, option Raw Body) or a text; what was parsed is written as JSON again, which may differ. */
async function bodyOf(context: IExecuteFunctions, index: number): Promise<Uint8Array | string> {
	const { json, binary } = inputItem(context, index);
	const name = context.getNodeParameter('bodyField', index, 'body') as string;
	if (binary?.[name]) return context.helpers.getBinaryDataBuffer(index, name);
	return textOf(readField(json, name, 'bodyField'));
}
