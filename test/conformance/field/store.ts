import type { FieldChecks } from './field-case';
import { storeFilesChecks } from './store-files';

export const storeChecks: FieldChecks = { ...storeFilesChecks };
