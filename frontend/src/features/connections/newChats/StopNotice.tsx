/** On the card of an account: that it starts no new chats, until when, and for its owners the way to resume. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeStop, useStop } from "@/lib/newChats";
import { useCan } from "@/lib/rights";
import type { Account } from "@/types/wire";
import { ResumeDialog } from "./ResumeDialog";
import styles from "./new-chats.module.css";

export function StopNotice({ account }: { readonly account: Account }) {
  const stop = useStop(account.phone === null ? undefined : account);
  const mayResume = useCan()("manage_number", account);
  const [isAsking, setAsking] = useState(false);
  if (stop === null) return null;
  return (
    <div data-testid="new-chats-stopped">
      <Notice tone="warn">
        <div className={styles.stop}>
          <p>
            <Text>{describeStop(stop)}</Text>
          </p>
          {mayResume && stop.reason === "rejected" && (
            <Button size="small" onClick={() => setAsking(true)} data-testid="new-chats-resume">
              {t("newChats.resume")}
            </Button>
          )}
        </div>
      </Notice>
      {isAsking && <ResumeDialog account={account} onClose={() => setAsking(false)} />}
    </div>
  );
}
