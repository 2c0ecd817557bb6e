/** How lists are read whose values change by what is done elsewhere, and which no push keeps up to date. */

/** When one is opened it is shown as it was read last, and read again, however short ago that was. */
export const READ_WHEN_OPENED = { refetchOnMount: "always" } as const;

/** For queries that pages and rows share: a page passes `READ_WHEN_OPENED`. */
export type Opening = Partial<typeof READ_WHEN_OPENED>;
