import { showDue, type Phrase, type Summary } from './summarize';

/** A phrase in English, for hosts without texts of their own (n8n, the command line). @param now for instants, as showDue */
export function phraseText(phrase: Phrase, now: number): string {
	switch (phrase.key) {
		case 'store':
			return `store: ${phrase.other}`;
		case 'ephemeral':
			return 'store on no volume';
		case 'failing':
			return `endpoint fails, next try ${showDue(phrase.at, now)}`;
		case 'willPause':
			return `only failures, paused ${showDue(phrase.at, now)}`;
		case 'willDisable':
			return `only failures, disabled ${showDue(phrase.at, now)}`;
		case 'gaveUp':
			return 'only failures, given up';
		case 'paused':
			return 'paused';
		case 'disabled':
			return `disabled, ${phrase.n} dropped`;
		case 'unkeyed':
			return `${phrase.n} without a dedupe key`;
		case 'untyped':
			return `${phrase.n} without a type`;
		case 'unfitting':
			return `${phrase.n} not of the schema`;
		case 'replayStopped':
			return 'replay stopped';
		case 'replaying':
			return `${phrase.n} to replay`;
		case 'kept':
			return `${phrase.n} kept until someone takes them`;
		case 'waiting':
			return `${phrase.n} waiting`;
		case 'open':
			return `${phrase.n} open`;
		case 'slowed':
			return `by its rate next ${showDue(phrase.at, now)}`;
		case 'retryingNow':
			return `${phrase.n} retry now`;
		case 'retrying':
			return `${phrase.n} retry ${showDue(phrase.at, now)}`;
		case 'oldest':
			return `oldest of ${showDue(phrase.at, now)}`;
		case 'dead':
			return `${phrase.n} dead`;
	}
}

/** A summary in one line of English. */
export function summaryLine({ notes, numbers }: Summary, now: number): string {
	const counted = numbers.map((one) => phraseText(one, now)).join(', ');
	return [...notes.map((one) => phraseText(one, now)), counted].join(' · ');
}
