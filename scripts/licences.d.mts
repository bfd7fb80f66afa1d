export function licenceTexts(inputs: readonly string[]): Promise<string>;
