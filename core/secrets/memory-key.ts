import { randomBytes } from 'node:crypto';
import { processShared } from '../runtime/process-shared';
import { KEY_BYTES, secretKey, type SecretKey } from './secret-key';

/** What stores in memory seal with: it goes with the process, as they do. */
export function memoryKeys(): [SecretKey] {
	return [processShared('memory-key', () => secretKey(randomBytes(KEY_BYTES)))];
}
