import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { BufferParameters } from '../shared/buffer-parameters';
import { TOLD } from './start-on';

/**
 * One output per buffer that starts the workflow, named after it; one that forwards would never fire. What is told has one. Evaluated in the editor and where
 * executions start, never per request. `outputsOf` counts the same way.
 */
export const OUTPUTS: INodeTypeDescription['outputs'] = `={{((p) => ${JSON.stringify(TOLD)}.includes(p.startOn) ? ['${NodeConnectionTypes.Main}'] : p.severalBuffers ? (p.buffers?.values ?? []).filter((b) => b.then === 'flow').map((b) => ({ type: '${NodeConnectionTypes.Main}', displayName: b.name })) : p.then === 'flow' ? ['${NodeConnectionTypes.Main}'] : [])($parameter)}}`;

/** Which output the batches of each buffer leave by: undefined where they are forwarded. */
export function outputsOf(buffers: readonly Pick<BufferParameters, 'then'>[]): {
	readonly count: number;
	readonly of: readonly (number | undefined)[];
} {
	let count = 0;
	const of = buffers.map(({ then }) => (then === 'flow' ? count++ : undefined));
	return { count, of };
}

/** One list per output, all but one empty. */
export function onOutput(
	index: number,
	outputs: number,
	items: INodeExecutionData[],
): INodeExecutionData[][] {
	return Array.from({ length: outputs }, (_, at) => (at === index ? items : []));
}

/**
 * What a test shows: the items of each buffer, at its output. Of buffers that forward, where there is no other, what would be
 * forwarded: nothing is sent in a test.
 */
export function testOutputs(
	buffers: readonly Pick<BufferParameters, 'then'>[],
	items: readonly (readonly INodeExecutionData[])[],
): INodeExecutionData[][] {
	const { count, of } = outputsOf(buffers);
	if (count === 0) return [items.flat()];
	const outputs: INodeExecutionData[][] = Array.from({ length: count }, () => []);
	for (const [index, output] of of.entries()) {
		if (output !== undefined) outputs[output]?.push(...(items[index] ?? []));
	}
	return outputs;
}
