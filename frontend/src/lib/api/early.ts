/** What `page/start.js` asked while the app was loading: the session and the first data, each taken once. */
import type { Bootstrap, SignedIn } from "@/types/wire";
import { readText, type TextAnswer } from "./client";
import { ApiError } from "./errors";

interface Early {
  /** Null where nothing was asked, or no answer came: the app then asks itself. */
  session?: Promise<TextAnswer | null>;
  first?: Promise<TextAnswer | null>;
  /** The filter of the chats in `first`. */
  readonly filter: string | null;
}

declare global {
  var confabEarly: Early | undefined;
}

/** Takes it: an answer is true once. */
function take(name: "session" | "first"): Promise<TextAnswer | null> {
  const answer = globalThis.confabEarly?.[name];
  delete globalThis.confabEarly?.[name];
  return answer ?? Promise.resolve(null);
}

/** Rejects as the request itself does. */
export async function takeEarlySession(): Promise<SignedIn | null> {
  const answer = await take("session");
  return answer === null ? null : (readText(answer) as SignedIn);
}

export interface EarlyFirst {
  readonly first: Bootstrap;
  readonly filter: string | null;
}

/** Null also for an error: each part is then asked for by itself. */
export async function takeEarlyFirst(): Promise<EarlyFirst | null> {
  const answer = await take("first");
  try {
    return answer === null ? null : { first: readText(answer) as Bootstrap, filter: globalThis.confabEarly?.filter ?? null };
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}
