import type { FieldChecks } from './field-case';

export const storeChecks: FieldChecks = {};
