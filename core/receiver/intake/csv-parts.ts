import type { ReceiverConfig } from '../../config';
import { readCsv } from '../../event/body';
import type { Admitted } from './authenticate';
import { eventOf } from './events';
import type { Part } from './part';

/** The lines of CSV below the one with the names, each as the JSON of an object of texts. @throws ReceiveError as `readCsv` */
export function* csvParts(
	body: Uint8Array,
	admitted: Admitted,
	config: Pick<ReceiverConfig, 'id' | 'csvDelimiter'>,
): Generator<Part> {
	const whole = eventOf(body, admitted, { ...config, readBodyAs: 'csv' }, '');
	for (const record of readCsv(whole)) {
		yield { bytes: Buffer.from(JSON.stringify(record)), at: 0 };
	}
}
