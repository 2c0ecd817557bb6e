/** What has changed in an account since a number of its own. */

export interface Change {
  readonly seq: number;
  readonly event: string;
  readonly data: unknown;
}

export interface Changes {
  readonly items: readonly Change[];
  readonly seq: number;
  readonly more: boolean;
  /** The server does not reach up to there any more: everything has to be read again. */
  readonly reset?: boolean;
}
