import type { IExecuteFunctions } from 'n8n-workflow';
import { ConfigError, type GivenEvent } from '../../core/index';

/** The event that is tried; nothing where those of the buffer are. @throws ConfigError */
export function givenEvent(context: IExecuteFunctions, index: number): GivenEvent {
	const which = context.getNodeParameter('testEvent', index, 'sample');
	if (which === 'kept') return {};
	if (which === 'sample')
		return { sample: context.getNodeParameter('sampleType', index) as string };
	const given: unknown = context.getNodeParameter('ownEvent', index);
	// The field of the editor gives text, an expression mostly the value itself.
	if (typeof given !== 'string') return { event: given };
	try {
		return { event: JSON.parse(given) as unknown };
	} catch {
		throw new ConfigError('ownEvent', 'JSON');
	}
}
