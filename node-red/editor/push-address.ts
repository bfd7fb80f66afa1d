import { pushCommand, type PushCommand } from '../../core/pure/push-command/index';
import { copyButton, hint, select, typed } from './form';
import { element } from './red';
import { schemeOf, secretRuleOf, type SavedScheme } from './schemes';
import { text } from './text';

export interface PushAddress {
	/** Without the secret. */
	readonly url: string;
	/** For ways that have it in the URL. */
	readonly secret: string;
}

export interface PushAddressOptions {
	/** Undefined where nothing is served. */
	address(): PushAddress | undefined;
	/** By which senders are let in, as the dialog shows them. */
	ways(): readonly SavedScheme[];
	/** As requests are split. */
	split(): string;
	/** Whose changes are changes of the address. */
	readonly inputs: JQuery;
}

/** Where to push to, and a command that does, signed as one of the ways wants it; both to be copied. */
export function buildPushAddress(
	box: JQuery,
	{ address, ways, split, inputs }: PushAddressOptions,
): void {
	const line = (label: string, copy: string, copied: string, value: () => string): JQuery => {
		const made = element('<div>', 'sluice-address-line').appendTo(box);
		element('<span>', 'sluice-caption', label).appendTo(made);
		const code = element('<code>').appendTo(made);
		copyButton(made, copy, copied, value);
		return code;
	};
	let url = '';
	let command: PushCommand | undefined;
	const shown = line(
		text('address.label'),
		text('address.copy'),
		text('address.copied'),
		() => url,
	);
	const script = line(
		text('address.curl'),
		text('address.copyCurl'),
		text('address.curlCopied'),
		() => command?.script ?? '',
	);
	shown.attr('id', 'sluice-address-url');
	script.attr('id', 'sluice-address-curl').addClass('sluice-script');
	const by = select(element('<span>'), [], '').attr('aria-label', text('address.by'));
	by.parent().insertBefore(script);
	const asks = hint(script.parent());
	const show = (): void => {
		const at = address();
		const all = ways();
		const chosen = all[Number(typed(by) || 0)] ?? all[0];
		by.empty().toggle(all.length > 1);
		for (const [index, { kind }] of all.entries()) {
			element('<option>', '', text(`scheme.${kind}.name`))
				.attr('value', index)
				.appendTo(by);
		}
		if (chosen) by.val(all.indexOf(chosen));
		const isInUrl = secretRuleOf(chosen?.kind) === 'url';
		url = at ? at.url + (isInUrl ? `/${at.secret}` : '') : '';
		const scheme = schemeOf(chosen?.kind);
		command = at && chosen && scheme && pushCommand(scheme, chosen, { url, split: split() });
		shown.text(at ? url : text('address.off'));
		script
			.text(command?.script ?? '')
			.parent()
			.toggle(command !== undefined);
		asks.text(command && command.asks !== 'nothing' ? text(`address.asks.${command.asks}`) : '');
	};
	by.on('change', show);
	inputs.on('change keyup paste input', show);
	show();
}
