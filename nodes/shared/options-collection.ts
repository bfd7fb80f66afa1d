import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** A parameter of a collection: by its name in core's settings, so that nothing has to be renamed. */
export type Option = Omit<INodeProperties, 'noDataExpression'>;

/**
 * What rarely needs a change, in the order of the alphabet as n8n wants it.
 *
 * @param o.takeExpressions names of those that may; in a Trigger nothing may (N73, N74), nor anywhere what says who may be reached
 */
export function optionsCollection(o: {
	readonly displayName: string;
	readonly name: string;
	readonly placeholder?: string;
	readonly options: readonly Option[];
	readonly displayOptions?: IDisplayOptions;
	readonly takeExpressions?: readonly string[];
}): INodeProperties {
	const { displayName, name, placeholder = 'Add Option', options, displayOptions } = o;
	const { takeExpressions = [] } = o;
	return {
		displayName,
		name,
		type: 'collection',
		placeholder,
		default: {},
		noDataExpression: true,
		...(displayOptions ? { displayOptions } : {}),
		options: options
			.map((option): INodeProperties =>
				takeExpressions.includes(option.name) ? option : { ...option, noDataExpression: true },
			)
			.toSorted((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}
