/** Attachment files: loaded with the user's token, cached for a while, shown through blob URLs. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type RefObject } from "react";
import { useApi } from "@/lib/api/context";
import { saveBlob } from "@/lib/saveBlob";
import type { Message } from "@/types/wire";

const CACHE_MS = 5 * 60_000;

export function useMedia(message: Message, attachmentId: string, isWanted: boolean) {
  const api = useApi();
  const query = useQuery({
    queryKey: ["media", message.id, attachmentId],
    queryFn: ({ signal }) => api.fetchAttachment(message, attachmentId, signal),
    enabled: isWanted,
    staleTime: Infinity,
    gcTime: CACHE_MS,
    retry: 1,
    // Blobs have no structure to share.
    structuralSharing: false,
  });
  return { ...query, url: useBlobUrl(query.data) };
}

/** Saves an attachment as a download. */
export function useDownload(message: Message, attachmentId: string, name: string) {
  const api = useApi();
  return useMutation({
    mutationFn: () => api.fetchAttachment(message, attachmentId),
    onSuccess: (blob) => saveBlob(blob, name),
  });
}

/** A blob URL that is revoked when it is no longer shown. */
export function useBlobUrl(blob: Blob | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (blob === undefined) return undefined;
    const made = URL.createObjectURL(blob);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the address has to be given back, which only an effect can do
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [blob]);
  return url;
}

/** True once the element has come near the viewport. */
export function useNear<T extends Element>(): [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [isNear, setNear] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    const element = ref.current;
    if (element === null || isNear) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), { rootMargin: "400px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isNear]);
  return [ref, isNear];
}
