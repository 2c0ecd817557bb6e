/** What is unread, as the server counts it. */

export interface UnreadChat {
  readonly id: number;
  readonly unread_count: number;
  readonly archived: boolean;
}

/** What is unread in an account, counting all changes up to `seq`. */
export interface AccountUnread {
  readonly account_id: number;
  readonly seq: number;
  readonly messages: number;
  readonly archived: number;
  readonly chats: readonly UnreadChat[];
}
