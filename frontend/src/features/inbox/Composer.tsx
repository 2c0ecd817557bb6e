/** The field to answer: Enter sends, Shift+Enter begins a new line, what is not sent is kept for each chat. */
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
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

export function Composer({ chatId, isReadOnly, onSend }: ComposerProps) {
  const { drafts } = useInbox();
  const [text, setText] = useState(() => drafts.read(chatId));
  const field = useAutosize(text);
  const canSend = text.trim() !== "";
  useEffect(() => {
    if (hasRealKeyboard()) field.current?.focus();
  }, [field]);
  const change = (value: string) => {
    setText(value);
    drafts.write(chatId, value);
  };
  const send = () => {
    if (!canSend) return;
    onSend(text.trim());
    change("");
    field.current?.focus();
  };
  const sendOnEnter = (event: KeyboardEvent) => {
    // While an input method composes a word, Enter chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  if (isReadOnly) return <p className="composer-closed">You can read this chat. Ask an owner to let you answer.</p>;
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
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
        onKeyDown={sendOnEnter}
        data-testid="composer-input"
      />
      <button type="submit" className="composer-send" disabled={!canSend} aria-label="Send" title="Send" data-testid="composer-send">
        <Icon name="send" />
      </button>
    </form>
  );
}
