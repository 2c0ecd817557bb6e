/** Opens the dialog that connects a number over the current page; its code is loaded when it is needed. */
import { useState } from "react";
import { type Elements } from "@/components/Text";
import { ConnectContext } from "@/lib/connect";
import { lazyPart } from "@/lib/lazyPart";
import type { Account } from "@/types/wire";

const ConnectDialog = lazyPart(async () => (await import("./ConnectDialog")).ConnectDialog);

interface Request {
  readonly known: Account | undefined;
}

export function ConnectProvider({ children }: { readonly children: Elements }) {
  const [request, setRequest] = useState<Request | null>(null);
  return (
    <ConnectContext value={(known) => setRequest({ known })}>
      {children}
      {request !== null && <ConnectDialog known={request.known} onClose={() => setRequest(null)} />}
    </ConnectContext>
  );
}
