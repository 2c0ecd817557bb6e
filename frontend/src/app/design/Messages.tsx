/** Notices, toasts, secrets, and empty, failed and loading states. */
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Secret } from "@/components/Secret";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { useToasts } from "@/components/Toast";
import { Group } from "./Group";
import styles from "./design.module.css";

const TONES = ["info", "warn", "bad"] as const;

export function Messages() {
  const toasts = useToasts();
  const archive = () => toasts.show({ text: "Archived", action: { label: "Undo", run: () => toasts.show({ text: "Back in the inbox" }) } });
  return (
    <>
      <Group title="Notices">
        {TONES.map((tone) => (
          <Notice key={tone} tone={tone}>{`A notice of the tone ${tone}, with one sentence.`}</Notice>
        ))}
      </Group>
      <Group title="Toasts">
        <Button onClick={archive}>With undo</Button>
        <Button onClick={() => toasts.show({ text: "Copied" })}>Plain</Button>
      </Group>
      <Group title="Secret">
        <Secret value="cf_live_4f1c9a2b" onCopy={() => Promise.resolve()} testId="design-secret" />
      </Group>
      <Group title="States">
        <EmptyState icon="inbox" title="All caught up" action={<Button tone="primary">Show all</Button>}>
          No unread messages.
        </EmptyState>
        <ErrorState title="Chats could not be loaded" message="Can’t reach Confab. Retrying…" onRetry={() => undefined} />
        <Loading label="Loading the samples">
          <Skeleton className={styles.bone} />
          <Skeleton className={styles.bone} />
        </Loading>
      </Group>
    </>
  );
}
