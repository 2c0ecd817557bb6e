/** The pictures and videos, files and links of the chat. */
import { useState, type KeyboardEvent } from "react";
import { Button } from "@/components/Button";
import { Segment, Segments } from "@/components/Segments";
import { Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import type { Chat, FoundMessage } from "@/types/wire";
import { SharedFiles } from "./SharedFiles";
import { SharedLinks } from "./SharedLinks";
import { SharedMedia } from "./SharedMedia";
import { SHARED_KINDS, useShared, type SharedKind } from "./useShared";
import styles from "./shared.module.css";

const TABS = { media: "contacts.shared.media", file: "contacts.shared.file", link: "contacts.shared.link" } as const;
const NONE = { media: "contacts.shared.media.none", file: "contacts.shared.file.none", link: "contacts.shared.link.none" } as const;
const VIEWS = { media: SharedMedia, file: SharedFiles, link: SharedLinks } as const;

export function Shared({ chat }: { readonly chat: Chat }) {
  const [kind, setKind] = useState<SharedKind>("media");
  return (
    <section className={styles.shared} aria-label={t("contacts.shared")}>
      <Segments role="tablist" label={t("contacts.shared")} className={styles.tabs}>
        {SHARED_KINDS.map((one) => (
          <Segment
            key={one}
            role="tab"
            id={`shared-tab-${one}`}
            isChosen={one === kind}
            aria-controls="shared-panel"
            tabIndex={one === kind ? 0 : -1}
            onClick={() => setKind(one)}
            onKeyDown={(event) => moveTab(event, one, setKind)}
          >
            {t(TABS[one])}
          </Segment>
        ))}
      </Segments>
      <div id="shared-panel" role="tabpanel" aria-labelledby={`shared-tab-${kind}`} data-testid={`shared-${kind}`}>
        <SharedPanel key={kind} chat={chat} kind={kind} />
      </div>
    </section>
  );
}

/** The arrow keys choose the tab beside, in the direction of the script. */
function moveTab(event: KeyboardEvent, from: SharedKind, choose: (kind: SharedKind) => void): void {
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
  const step = { [forward]: 1, [backward]: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = SHARED_KINDS.at((SHARED_KINDS.indexOf(from) + step) % SHARED_KINDS.length) ?? from;
  choose(next);
  document.getElementById(`shared-tab-${next}`)?.focus();
}

function SharedPanel({ chat, kind }: { readonly chat: Chat; readonly kind: SharedKind }) {
  const query = useShared(chat, kind);
  const { messages } = query;
  if (messages === undefined) return query.isError ? <Failed onRetry={() => void query.refetch()} /> : <SharedWaiting />;
  if (messages.length === 0) return <p className={styles.none}>{t(NONE[kind])}</p>;
  return (
    <>
      <View kind={kind} messages={messages} />
      {query.hasNextPage && (
        <Button tone="quiet" size="small" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("contacts.shared.more")}
        </Button>
      )}
    </>
  );
}

function View({ kind, messages }: { readonly kind: SharedKind; readonly messages: readonly FoundMessage[] }) {
  const Chosen = VIEWS[kind];
  return <Chosen messages={messages} />;
}

function Failed({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <p className={styles.none} role="alert">
      <Text>{t("contacts.shared.failed")}</Text>
      <Button size="small" onClick={onRetry}>
        {t("app.retry")}
      </Button>
    </p>
  );
}

export function SharedWaiting() {
  return (
    <Loading label={t("contacts.shared.loading")}>
      <div className={styles.grid}>
        {[0, 1, 2].map((cell) => (
          <Skeleton key={cell} className={styles.cell} />
        ))}
      </div>
    </Loading>
  );
}
