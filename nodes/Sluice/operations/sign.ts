import { signRequest, validateSignatures, type SchemeConfig } from '../../../core/index';
import { signatureSecrets } from '../../shared/credentials';
import { readScheme } from '../../shared/schemes';
import { objectAt, readField, textOf, withField } from '../fields';
import { eachItem, inputItem, type Operation } from '../run';

/** Adds the headers that sign the body; the field then holds exactly the text that was signed, so that no other is sent (D29). */
export const sign: Operation = async (context) =>
	eachItem(context, async (index) => {
		const bodyField = context.getNodeParameter('bodyField', index, 'body') as string;
		const headersField = context.getNodeParameter('headersField', index, 'headers') as string;
		const scheme = await readScheme<SchemeConfig>(
			'scheme',
			context.getNodeParameter('scheme', index) as string,
			context.getNodeParameter('schemeOptions', index, {}),
			() => signatureSecrets(context, index),
		);
		validateSignatures([scheme], 'scheme');
		const item = inputItem(context, index);
		const body = textOf(readField(item.json, bodyField, 'bodyField'));
		// The URL is known to whoever sends it; schemes that sign one are told it.
		const request = { method: 'POST', url: '', body: Buffer.from(body), now: Date.now() };
		const headers = {
			...objectAt(item.json, headersField),
			...(await signRequest(request, [scheme])),
		};
		const json = withField(withField(item.json, bodyField, body), headersField, headers);
		return [{ json, ...(item.binary ? { binary: item.binary } : {}) }];
	});
