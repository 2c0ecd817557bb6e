/** The canned replies: found, created, changed, deleted, exported and imported. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { rank } from "@/lib/commands/rank";
import { useCan } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import { formatAgo } from "@/lib/time";
import type { CannedReply } from "@/types/wire";
import panelStyles from "@/components/panels.module.css";
import { useReplies } from "@/lib/replies/queries";
import { ReplyDialog } from "./ReplyDialog";
import { Transfer } from "./Transfer";
import styles from "./replies.module.css";

/** Null: none is open; "new": one is created. */
type Opened = CannedReply | "new" | null;

const matches = (reply: CannedReply, text: string): boolean => text.trim() === "" || rank("", text, [reply.name, reply.shortcut ?? "", reply.text]) > 0;

export function RepliesPage() {
  const canManage = useCan()("manage_replies");
  const replies = useReplies();
  const [opened, setOpened] = useState<Opened>(null);
  return (
    <>
      <section className={panelStyles.panel} aria-labelledby="replies-title">
        <div className={panelStyles.head}>
          <h2 id="replies-title">{t("replies.title")}</h2>
          {canManage && <Button tone="primary" onClick={() => setOpened("new")} data-testid="reply-new">{t("replies.new")}</Button>}
        </div>
        <p>{t("replies.about")}</p>
        <Transfer canImport={canManage} />
      </section>
      <ReplyList replies={replies} onOpen={canManage ? setOpened : undefined} />
      {opened !== null && <ReplyDialog reply={opened === "new" ? null : opened} onClose={() => setOpened(null)} />}
    </>
  );
}

interface ReplyListProps {
  readonly replies: ReturnType<typeof useReplies>;
  readonly onOpen: ((reply: CannedReply) => void) | undefined;
}

function ReplyList({ replies, onOpen }: ReplyListProps) {
  const [text, setText] = useState("");
  if (replies.data === undefined) {
    if (replies.isError) return <ErrorState title={t("replies.failed")} message={describeError(replies.error)} onRetry={() => void replies.refetch()} />;
    return (
      <Loading label={t("replies.loading")}>
        <Skeleton className={panelStyles.skeleton} />
      </Loading>
    );
  }
  if (replies.data.length === 0) return <EmptyState icon="cannedReply" title={t("replies.empty")}>{t("replies.emptyText")}</EmptyState>;
  const found = replies.data.filter((reply) => matches(reply, text));
  return (
    <>
      <TextField label={t("replies.search")} type="search" value={text} onChange={(event) => setText(event.target.value)} data-testid="replies-search" />
      {found.length === 0 && <p role="status">{t("replies.picker.noMatch", { text: isolate(text.trim()) })}</p>}
      <ul className={panelStyles.entries} aria-label={t("replies.title")}>
        {found.map((reply) => <ReplyRow key={reply.id} reply={reply} onOpen={onOpen} />)}
      </ul>
    </>
  );
}

/** Who sees it, and how often it was used. */
function describe({ shared, team, uses, last_used_at, files }: CannedReply): string {
  const reach = team === null ? t(shared ? "replies.shared" : "replies.personal") : t("replies.ofTeam", { team: isolate(team.name) });
  const use = last_used_at === null ? t("replies.neverUsed") : t("replies.used", { count: uses, ago: formatAgo(last_used_at) });
  return [reach, use, ...(files.length === 0 ? [] : [t("replies.files", { count: files.length })])].join(" · ");
}

function ReplyRow({ reply, onOpen }: { readonly reply: CannedReply; readonly onOpen: ((reply: CannedReply) => void) | undefined }) {
  return (
    <li className={panelStyles.entry} data-testid="reply">
      <div className={panelStyles.entryText}>
        <strong><bdi translate="no">{reply.name}</bdi>{reply.shortcut !== null && <span className={styles.shortcut} translate="no">{` /${reply.shortcut}`}</span>}</strong>
        {reply.text !== "" && <span className={styles.text} dir="auto"><Text>{reply.text}</Text></span>}
        <span>{describe(reply)}</span>
      </div>
      {onOpen && (
        <Button size="small" tone="quiet" onClick={() => onOpen(reply)} aria-label={t("replies.editOf", { name: isolate(reply.name) })} data-testid="reply-edit">
          {t("replies.edit")}
        </Button>
      )}
    </li>
  );
}
