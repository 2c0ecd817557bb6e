/** The field to answer: Enter sends, Shift+Enter begins a new line, what is not sent is kept for each chat. */
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { Icon } from "@/components/Icon";
import { useInbox } from "./context";

const MAX_HEIGHT_PX = 168;
const MAX_CHARACTERS = 65_536;

interface ComposerProps {
  readonly chatId: number;
  readonly isReadOnly: boolean;
  readonly onSend: (text: string) => void;
}

/** On a phone the focus would pull up the keyboard over the messages one came to read. */
const hasRealKeyboard = () => window.matchMedia("(pointer: fine)").matches;

function useAutosize(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);
  return field;
}

/** While an input method composes a word, Enter chooses it. */
function isSendKey(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
}

function useDraft(chatId: number) {
  const { drafts } = useInbox();
  const [text, setText] = useState(() => drafts.read(chatId));
  const change = (value: string) => {
    setText(value);
    drafts.write(chatId, value);
  };
  return [text, change] as const;
}

export function Composer(props: ComposerProps) {
  if (props.isReadOnly) {
    return <p className="composer-closed">You can read this chat. Ask an owner to let you answer.</p>;
  }
  return <ComposerForm {...props} />;
}

function ComposerForm({ chatId, onSend }: ComposerProps) {
  const [text, change] = useDraft(chatId);
  const field = useAutosize(text);
  const canSend = text.trim() !== "";
  useEffect(() => {
    if (hasRealKeyboard()) field.current?.focus();
  }, [field]);
  const sendNow = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!canSend) return;
    onSend(text.trim());
    change("");
    field.current?.focus();
  };
  return (
    <form className="composer" onSubmit={sendNow}>
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        maxLength={MAX_CHARACTERS}
        value={text}
        placeholder="Write a message"
        aria-label="Message"
        enterKeyHint="send"
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => isSendKey(event) && sendNow(event)}
        data-testid="composer-input"
      />
      <button type="submit" className="composer-send" disabled={!canSend} aria-label="Send" title="Send" data-testid="composer-send">
        <Icon name="send" />
      </button>
    </form>
  );
}
