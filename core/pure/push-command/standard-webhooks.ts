import { macKey, TIME, type CommandParts } from './request';
import { BASE64, output, print, variable } from './shell';

/** Signs by v1, with a secret `whsec_…` or its base64 alone. */
export function standardWebhooksParts({
	headerPrefix,
}: {
	readonly headerPrefix: string;
}): CommandParts {
	const key = macKey('base64', ['printf %s "${SECRET#whsec_}"']);
	const [ID, T, SIGNATURE] = [variable('ID'), variable('T'), variable('SIGNATURE')];
	return {
		asks: 'secret',
		steps: [
			TIME,
			'ID=msg_test_$T',
			...key.steps,
			output(
				'SIGNATURE',
				print(ID, '.', T, '.', variable('BODY')),
				`openssl dgst -sha256 ${key.args} -binary`,
				BASE64,
			),
		],
		headers: [
			[`${headerPrefix}-id: `, ID],
			[`${headerPrefix}-timestamp: `, T],
			[`${headerPrefix}-signature: v1,`, SIGNATURE],
		],
	};
}
