/** Where a number's settings of ratings are cached. */
export const settingsKey = (accountId: number) => ["survey-settings", accountId] as const;
