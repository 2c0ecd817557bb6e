/** A number that was connected on UniPile's page and cannot be had: says why, on whatever page one is by then. */
import { useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { isRecord } from "@/lib/socket/frames";
import { useFeedListener } from "@/lib/socket/context";
import "./connections.css";

function wordsOf(data: unknown): string | null {
  if (!isRecord(data) || !isRecord(data.error) || typeof data.error.message !== "string") return null;
  const number = typeof data.phone === "string" ? data.phone : "The number";
  return `${number} was not connected. ${data.error.message}`;
}

export function RefusedBanner() {
  const [words, setWords] = useState<string | null>(null);
  useFeedListener({
    onChange: (event, data) => {
      if (event === "account:refused") setWords(wordsOf(data));
    },
  });
  return (
    <div role="status">
      {words !== null && (
        <div className="refused-banner" data-testid="refused-banner">
          <p>{words}</p>
          <IconButton label="Dismiss" onClick={() => setWords(null)}>
            <Icon name="close" size={16} />
          </IconButton>
        </div>
      )}
    </div>
  );
}
