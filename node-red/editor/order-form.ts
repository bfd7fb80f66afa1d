import { orderKeyPath } from './buffer-check';
import type { BufferSettings } from './check';
import { checkbox, hint, row, select, textInput, typed, watch } from './form';
import { offerPaths } from './path-list';
import { element } from './red';
import { text } from './text';

type OrderSettings = Pick<BufferSettings, 'order' | 'orderKeyPath' | 'liveFirst'>;

/** In which order batches leave, and what stands for the key where that decides. */
export function buildOrderForm(
	parent: JQuery,
	settings: OrderSettings,
	changed: () => void,
): { read(): Required<OrderSettings> } {
	const content = row(parent, text('label.order'), 'sort-amount-asc');
	const order = select(
		content,
		(['any', 'key', 'strict'] as const).map((one) => [one, text(`order.${one}`)] as const),
		settings.order ?? 'any',
		'sluice-order',
	);
	const liveLine = element('<div>').appendTo(parent);
	const liveFirst = checkbox(
		row(liveLine, ''),
		text('label.liveFirst'),
		settings.liveFirst === true,
	);
	liveFirst.addClass('sluice-live-first').on('change', changed);
	const keyLine = element('<div>').appendTo(parent);
	const keyContent = row(keyLine, text('label.orderKeyPath'), 'map-signs');
	const key = textInput(keyContent, {
		className: 'sluice-order-key',
		value: settings.orderKeyPath,
		placeholder: text('placeholder.orderKeyPath'),
	});
	offerPaths(key);
	hint(keyContent, text('hint.orderKeyPath'));
	const checkKey = watch(key, (value) => typed(order) !== 'key' || orderKeyPath(value));
	const show = (): void => {
		liveLine.toggle(typed(order) === 'any');
		keyLine.toggle(typed(order) === 'key');
		checkKey();
		changed();
	};
	order.on('change', show);
	key.on('change keyup paste', changed);
	show();
	return {
		read: () => ({
			order: typed(order) as NonNullable<OrderSettings['order']>,
			orderKeyPath: typed(key),
			liveFirst: liveFirst.is(':checked'),
		}),
	};
}
