/** Canned replies in the composer: opened by a slash, inserted where the caret is, and checked before they are sent. */
import { useState } from "react";
import { useInbox } from "@/features/inbox/context";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { lazyPart } from "@/lib/lazyPart";
import { unresolvedIn } from "@/lib/replies/variables";
import type { Tray } from "./files/tray";

const ReplyPicker = lazyPart(async () => (await import("@/features/inbox/replies/ReplyPicker")).ReplyPicker);
const UnresolvedDialog = lazyPart(async () => (await import("@/features/inbox/replies/UnresolvedDialog")).UnresolvedDialog);

interface Composed {
  readonly accountId: number;
  readonly chatId: number;
  readonly tray: Tray;
  readonly onProblem: (sentence: string) => void;
}

/** What is chosen takes the place of the slash that opened the list; else the slash stays. */
function useInsert({ accountId, chatId, tray }: Composed) {
  const { drafts } = useInbox();
  return (words: string, files: readonly File[]) => {
    const { text, caret } = drafts.read(chatId);
    const [from, to] = text === "/" ? [0, 1] : caret;
    const at = from + words.length;
    drafts.change(chatId, { accountId, text: text.slice(0, from) + words + text.slice(to), caret: [at, at] });
    if (files.length > 0) tray.add(files);
  };
}

export function useReplies(composed: Composed) {
  const { accountId, chatId, onProblem } = composed;
  const [isOpen, setOpen] = useState(false);
  const [asked, setAsked] = useState<{ readonly text: string; readonly send: (text: string) => void } | null>(null);
  const insert = useInsert(composed);
  const open = () => setOpen(true);
  useMappedCommand("chat.cannedReply", open);
  const picker = isOpen && <ReplyPicker accountId={accountId} chatId={chatId} onInsert={insert} onProblem={onProblem} onClose={() => setOpen(false)} />;
  const question = asked !== null && <UnresolvedDialog found={unresolvedIn(asked.text)} onSend={() => asked.send(asked.text)} onClose={() => setAsked(null)} />;
  return {
    open,
    noteTyped: (text: string, before: string) => {
      if (text === "/" && before === "") open();
    },
    /** A variable that was not filled in is asked about first. */
    guard: (send: (text: string) => void) => (text: string) => (unresolvedIn(text).length === 0 ? send(text) : setAsked({ text, send })),
    dialogs: (
      <>
        {picker}
        {question}
      </>
    ),
  };
}
