/** A list of the ids of labels after one was added or removed. */
export function withLabel(ids: readonly number[], id: number, isOn: boolean): readonly number[] {
  const others = ids.filter((other) => other !== id);
  return isOn ? [...others, id] : others;
}
