import * as check from './check';
import {
	checkFilter,
	checkLabel,
	LABEL_RULES,
	labelKey,
	type FilterSettings,
	type LabelSettings,
} from './filter-check';
import { hint, namedInput, row, select, textInput, typed, watch } from './form';
import { offerPaths } from './path-list';
import { addListItem, element, makeEditable } from './red';
import { templateField } from './template-field';
import { text } from './text';

export interface FilterForm {
	read(): Required<FilterSettings>;
}

/** @param o.fedBy of the flow alone the dialog asks where a type is: a receiver has said so already */
export function buildFilterForm(
	parent: JQuery,
	settings: FilterSettings,
	o: { readonly fedBy: 'pushes' | 'messages'; readonly changed?: () => void },
): FilterForm {
	const changed = (): void => o.changed?.();
	const field = (
		name: 'filterTypes' | 'filterTypePath' | 'filterLabelsPath',
		icon: string,
	): JQuery => {
		const line = element('<div>').appendTo(parent);
		const content = row(line, text(`label.${name}`), icon);
		const input = textInput(content, {
			className: `sluice-${name}`,
			value: settings[name],
			placeholder: text(`placeholder.${name}`),
		}).attr('spellcheck', 'false');
		hint(content, text(`hint.${name}.${o.fedBy}`));
		if (name !== 'filterTypes') offerPaths(input);
		watch(input, (value) => checkFilter({ [name]: String(value ?? '') })[0] ?? true);
		input.on('change keyup paste', changed);
		return input;
	};
	const types = field('filterTypes', 'tag');
	const typePath = o.fedBy === 'messages' ? field('filterTypePath', 'map-signs') : undefined;
	const labels = buildLabelList(parent, settings.filterLabels ?? [], changed);
	const labelsPath = field('filterLabelsPath', 'map-signs');
	const conditionContent = row(parent, text('label.filterCondition'), 'code');
	const condition = templateField(conditionContent, settings.filterCondition ?? '', {
		title: () => text('label.filterCondition'),
		isUsed: () => condition !== undefined && condition.read().trim() !== '',
		answered: changed,
		placeholder: text('placeholder.filterCondition'),
	});
	condition.element.on('input change', changed);
	hint(conditionContent, text('hint.filterCondition'));
	return {
		read: () => ({
			filterTypes: typed(types),
			filterTypePath: typePath ? typed(typePath) : (settings.filterTypePath ?? ''),
			filterLabels: labels(),
			filterLabelsPath: typed(labelsPath),
			filterCondition: condition.read(),
		}),
	};
}

function buildLabelList(
	parent: JQuery,
	start: readonly LabelSettings[],
	changed: () => void,
): () => LabelSettings[] {
	const content = row(parent, text('label.filterLabels'), 'tags');
	const list = element('<ol>', 'sluice-filter-labels').appendTo(content);
	makeEditable(list, {
		addButton: text('add.label'),
		height: 'auto',
		sortable: false,
		removable: true,
		scrollOnAdd: false,
		addItem(line, _index, data: Partial<LabelSettings>) {
			addLabel(line, data, changed);
			changed();
		},
		removeItem: changed,
	});
	hint(content, text('hint.filterLabels'));
	for (const one of start) addListItem(list, { ...one });
	return () =>
		list
			.children()
			.toArray()
			.map((li) => {
				const rule = typed($(li).find('.sluice-rule')) as LabelSettings['rule'];
				const hasValue = rule === 'equals' || rule === 'in';
				return {
					key: typed($(li).find('.sluice-key')),
					rule,
					...(hasValue ? { value: typed($(li).find('.sluice-label-value')) } : {}),
				};
			});
}

function addLabel(content: JQuery, data: Partial<LabelSettings>, changed: () => void): void {
	const line = element('<div>', 'sluice-line').appendTo(content);
	const key = namedInput(line, 'labelKey', 'sluice-key', data.key);
	const rule = select(
		line,
		LABEL_RULES.map((one) => [one, text(`labelRule.${one}`)] as const),
		data.rule ?? 'has',
		'sluice-rule',
	).attr('aria-label', text('label.labelRule'));
	const value = namedInput(line, 'labelValue', 'sluice-label-value', data.value);
	watch(key, labelKey);
	const checkValue = watch(value, (written) => {
		const chosen = typed(rule) as LabelSettings['rule'];
		const [, ...verdicts] = checkLabel({ key: 'any', rule: chosen, value: String(written ?? '') });
		return chosen === 'equals' || chosen === 'in' ? (check.failures(...verdicts)[0] ?? true) : true;
	});
	const show = (): void => {
		const chosen = typed(rule);
		value.toggle(chosen === 'equals' || chosen === 'in');
		checkValue();
		changed();
	};
	rule.on('change', show);
	line.find('input').on('change keyup paste', changed);
	show();
}
