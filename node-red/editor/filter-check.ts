import { FILTER } from '../../core/pure/bounds';
import { textList } from '../../core/pure/text-list';
import * as check from './check';
import { text } from './text';

export const LABEL_RULES = ['has', 'hasNot', 'equals', 'in'] as const;

/** What is asked of one label, as saved. */
export interface LabelSettings {
	key: string;
	rule: (typeof LABEL_RULES)[number];
	value?: string;
}

/** Which events are taken, as saved; all of them where nothing is set. */
export interface FilterSettings {
	filterTypes?: string;
	filterTypePath?: string;
	filterLabels?: LabelSettings[];
	filterLabelsPath?: string;
	filterCondition?: string;
}

/** Everything that is wrong with a filter as saved. */
export function checkFilter(settings: FilterSettings): string[] {
	const { filterTypes = '', filterLabels = [], filterCondition = '' } = settings;
	const types = textList(filterTypes);
	const path = (name: 'filterTypePath' | 'filterLabelsPath'): check.Verdict =>
		check.bodyPath(settings[name]) === true ||
		text('error.filterPath', { label: text(`label.${name}`) });
	return check.failures(
		types.length <= FILTER.maxTypes && types.every(isShort)
			? true
			: text('error.filterTypes', { ...FILTER }),
		path('filterTypePath'),
		path('filterLabelsPath'),
		filterLabels.length <= FILTER.maxLabels ? true : text('error.filterLabels', { ...FILTER }),
		...filterLabels.flatMap(checkLabel),
		filterCondition.trim() === '' ? true : check.template(filterCondition),
	);
}

export function checkLabel({ key, rule, value = '' }: LabelSettings): check.Verdict[] {
	const values = rule === 'in' ? textList(value) : [value];
	const isRight = values.length <= FILTER.maxValues && values.every(isShort);
	return [
		labelKey(key),
		rule === 'in' && values.length === 0 ? text('error.filterNoValue') : true,
		isRight ? true : text('error.filterValue', { ...FILTER }),
	];
}

export function labelKey(value: unknown): check.Verdict {
	const key = String(value ?? '');
	return (key !== '' && isShort(key)) || text('error.filterKey', { ...FILTER });
}

function isShort(value: string): boolean {
	return value.length <= FILTER.maxText;
}
