/** Where a bubble shows its time: in the last line of the text, on a picture, or in a line of its own. */
import { isBlank } from "@/lib/texts";
import { isShownPicture } from "@/features/inbox/attachments/attachments";
import type { Bubble } from "@/features/inbox/thread/list/bubbles";
import { countLoneEmoji } from "./foldText";
import type { MetaPlace } from "./MessageMeta";
import { shownOf, type Block } from "./tokens";

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** A letter of a script that is written from left to right, or from right to left. */
const LETTER = /\p{L}/u;

/**
 * Where the last line of the text ends, by its first letter, as the browser has it. The direction of the page does not
 * count, and may change later: a page translator sets it. Null for a line without letters below Arabic or Hebrew:
 * browsers differ.
 */
function endOf(blocks: readonly Block[]): "right" | "left" | null {
  const text = shownOf(blocks).trimEnd();
  const [letter] = LETTER.exec(text.split("\n").at(-1) ?? "") ?? [];
  if (letter === undefined) return RIGHT_TO_LEFT.test(text) ? null : "right";
  return RIGHT_TO_LEFT.test(letter) ? "left" : "right";
}

export function placeMeta(bubble: Bubble, blocks: readonly Block[]): MetaPlace {
  if (bubble.isDeleted) return "below";
  if (isBlank(bubble.body)) return isPictureOnly(bubble) ? "over" : "below";
  const isParagraph = blocks.at(-1)?.kind === "text" && (bubble.attachments.length > 0 || countLoneEmoji(bubble.body) === 0);
  return (isParagraph ? endOf(blocks) : null) ?? "below";
}

const isPictureOnly = ({ attachments }: Bubble): boolean => attachments.length > 0 && attachments.every(isShownPicture);
