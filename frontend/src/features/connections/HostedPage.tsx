/** The other way to connect a number: on a page of UniPile's, for phones that cannot scan this screen. */
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";

export function HostedPage() {
  const api = useApi();
  const link = useMutation({ mutationFn: () => api.openHostedPage() });
  if (link.data !== undefined) {
    return (
      <p className="scan-hosted">
        <a className="button button-plain button-small" href={link.data} target="_blank" rel="noreferrer" data-testid="connect-hosted-link">
          Open UniPile&rsquo;s page
          <Icon name="external" size={15} />
        </a>
        The number appears here once it is connected there.
      </p>
    );
  }
  return (
    <>
      <Button size="small" tone="quiet" isBusy={link.isPending} onClick={() => link.mutate()} data-testid="connect-hosted">
        Use UniPile&rsquo;s page instead
      </Button>
      {link.error !== null && <Notice tone="bad">{describeError(link.error)}</Notice>}
    </>
  );
}
