/** Reads ids from a part of the address. */
export const idsOf = (text: string | null): readonly number[] => (text !== null && /^[1-9]\d{0,15}(,[1-9]\d{0,15})*$/.test(text) ? text.split(",").map(Number) : []);
