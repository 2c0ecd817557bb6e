/** Saves figures as a file, and says why if it cannot. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { saveBlob } from "@/lib/saveBlob";

interface SaveButtonProps {
  readonly name: string;
  readonly load: () => Promise<Blob>;
  readonly testId: string;
}

export function SaveButton({ name, load, testId }: SaveButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      saveBlob(await load(), name);
    } catch (error) {
      setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      <Button isBusy={isBusy} onClick={() => void save()} data-testid={testId}>
        <Icon name="download" size={18} />
        <Text>{t("reports.save")}</Text>
      </Button>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
    </div>
  );
}
