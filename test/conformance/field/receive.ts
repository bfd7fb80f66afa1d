import type { FieldChecks } from './field-case';

export const receiveChecks: FieldChecks = {};
