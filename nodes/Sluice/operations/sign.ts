import { signBody } from '../../../core/index';
import { signatureSecrets } from '../../shared/credentials';
import { readField, textOf, withField } from '../fields';
import { eachItem, inputItem, type Operation } from '../run';

/** Adds a token for the body; the field then holds exactly the text that was signed, so that no other is sent (D29). */
export const sign: Operation = async (context) =>
	eachItem(context, async (index) => {
		const [secret] = await signatureSecrets(context, index);
		const bodyField = context.getNodeParameter('bodyField', index, 'body') as string;
		const tokenField = context.getNodeParameter('tokenField', index, 'token') as string;
		const item = inputItem(context, index);
		const body = textOf(readField(item.json, bodyField, 'bodyField'));
		const token = await signBody({ body, secret });
		const json = withField(withField(item.json, bodyField, body), tokenField, token);
		return [{ json, ...(item.binary ? { binary: item.binary } : {}) }];
	});
