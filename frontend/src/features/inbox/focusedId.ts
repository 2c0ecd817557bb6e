/** Which chat's row, or which message, has the focus. */
import { useEffect, useState } from "react";

type Kind = "chat" | "message-id";

/** Commands opened above a row are about that row. */
const OVERLAYS = "dialog, [role=dialog], [role=menu]";

function idAround(element: Element, kind: Kind): number | null {
  const found = element.closest(`[data-${kind}]`)?.getAttribute(`data-${kind}`);
  return found === null || found === undefined ? null : Number(found);
}

/** The id in this data attribute around the focus; it stays while a dialog or menu is open above it. */
export function useFocusedId(kind: Kind): number | null {
  const [id, setId] = useState<number | null>(null);
  useEffect(() => {
    const take = (target: EventTarget | null) => {
      if (!(target instanceof Element)) setId(null);
      else if (target.closest(OVERLAYS) === null) setId(idAround(target, kind));
    };
    const onFocusIn = (event: FocusEvent) => take(event.target);
    const onFocusOut = (event: FocusEvent) => take(event.relatedTarget);
    document.addEventListener("focusin", onFocusIn);
    document.addEventListener("focusout", onFocusOut);
    return () => {
      document.removeEventListener("focusin", onFocusIn);
      document.removeEventListener("focusout", onFocusOut);
    };
  }, [kind]);
  return id;
}
