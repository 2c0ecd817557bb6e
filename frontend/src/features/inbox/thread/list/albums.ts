/** Joins pictures and videos that were sent together into one bubble with a grid. */
import { isVisual } from "@/features/inbox/attachments/attachments";
import { isBlank } from "@/lib/texts";
import { isSameWriter, messagesOf, type Bubble } from "./bubbles";

const TOGETHER_MS = 60_000;
/** A grid shows four, and how many more there are. */
const MAX_ALBUM = 30;

/** A message that is one picture or video and nothing else, and has arrived where it should. */
function isPlain({ message, isDeleted, quoted, reactions, attachments, body, status, isEvent }: Bubble): boolean {
  if (message === null || isDeleted || isEvent || status === "failed" || status === "unconfirmed") return false;
  return quoted === null && reactions.length === 0 && isBlank(body) && attachments.length === 1 && attachments.every(isVisual);
}

function follows(bubble: Bubble, before: Bubble): boolean {
  if (!isSameWriter(bubble, before)) return false;
  if (bubble.isForwarded !== before.isForwarded) return false;
  const passed = new Date(bubble.orderedAt).getTime() - new Date(before.orderedAt).getTime();
  return passed >= 0 && passed <= TOGETHER_MS;
}

interface CachedAlbum {
  readonly members: readonly Bubble[];
  readonly album: Bubble;
}

/** By its first bubble: the same members are the same album, which is not rendered again. */
const albumCache = new WeakMap<Bubble, CachedAlbum>();

/** As the first of its messages in the list, so that it stays in place while it grows, with the menu of the last. */
function toAlbum(members: readonly Bubble[]): Bubble[] {
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined || members.length === 1) return [...members];
  const cached = albumCache.get(first);
  if (cached?.members.length === members.length && cached.members.every((member, index) => member === members[index])) return [cached.album];
  const album: Bubble = { ...last, key: first.key, orderedAt: first.orderedAt, album: members.flatMap(messagesOf) };
  albumCache.set(first, { members, album });
  return [album];
}

export function groupAlbums(bubbles: readonly Bubble[]): Bubble[] {
  const grouped: Bubble[] = [];
  let members: Bubble[] = [];
  const close = () => {
    grouped.push(...toAlbum(members));
    members = [];
  };
  for (const bubble of bubbles) {
    const before = members.at(-1);
    const isOn = before !== undefined && isPlain(bubble) && follows(bubble, before) && members.length < MAX_ALBUM;
    if (!isOn) close();
    if (isPlain(bubble)) members.push(bubble);
    else grouped.push(bubble);
  }
  close();
  return grouped;
}
