import type { FieldChecks } from './field-case';

export const mapChecks: FieldChecks = {};
