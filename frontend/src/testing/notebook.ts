/** A notebook with its outbox, for tests that need an inbox. */
import { Outbox } from "@/features/inbox/data/outbox";
import type { Pending } from "@/features/inbox/data/pending";
import { Notebook } from "@/features/inbox/notes/notebook";
import type { Note } from "@/types/wire";

interface Options {
  readonly post?: (entry: Pending) => Promise<Note>;
  readonly isCached?: boolean;
}

/** A `TypeError` is passing. */
export function makeNotebook({ post = () => Promise.reject(new Error("away")), isCached = true }: Options = {}): Notebook {
  const notes = new Notebook({ isCached: () => isCached });
  const send = async (entry: Pending) => {
    notes.apply(await post(entry));
    return [];
  };
  notes.outbox.attach((hooks) => new Outbox({ ...hooks, post: send, explain: (error) => ({ isPassing: error instanceof TypeError, sentence: String(error) }) }));
  return notes;
}
