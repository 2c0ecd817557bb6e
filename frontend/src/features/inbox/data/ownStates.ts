/** Which states of chats follow from the user's own changes. */

/**
 * The user's own changes, one after the other, are no surprise to them: a state that follows by own changes from the one
 * they saw counts as seen.
 */
export class OwnStates {
  readonly #after = new Map<string, number>();

  note(chatId: number, before: number, after: number): void {
    if (before !== after) this.#after.set(`${chatId} ${before}`, after);
  }

  follow(chatId: number, seen: number): number {
    const next = this.#after.get(`${chatId} ${seen}`);
    return next === undefined ? seen : this.follow(chatId, next);
  }
}
