/**
 * What is being made and nobody else has yet. On the way of an event members that may be absent are set one by one: an object that is made of
 * spreads has a shape of its own for each combination, and costs several times as much.
 */
export type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
