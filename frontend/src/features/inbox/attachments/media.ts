/** Attachment files: pictures and videos are loaded by their elements; audio, and what is made from a file, as bytes. */
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type RefObject } from "react";
import { useApi } from "@/lib/api/context";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import { saveBlob } from "@/lib/saveBlob";
import type { Attachment, Message } from "@/types/wire";

const CACHE_MS = 5 * 60_000;

export const mediaQuery = (api: ReturnType<typeof useApi>, message: Message, attachmentId: string) =>
  queryOptions({
    queryKey: ["media", message.id, attachmentId],
    queryFn: ({ signal }) => api.fetchAttachment(message, attachmentId, signal),
    staleTime: Infinity,
    gcTime: CACHE_MS,
    retry: 1,
    // Blobs have no structure to share.
    structuralSharing: false,
  });

/** The bytes of a file. */
export function useMedia(message: Message, attachmentId: string, isWanted: boolean) {
  return useQuery({ ...mediaQuery(useApi(), message, attachmentId), enabled: isWanted });
}

/** A picture of a video's beginning, made once and kept for as long as the page; null if this browser cannot make one. */
export function usePoster(message: Message, { id, file_size }: Attachment, isWanted: boolean) {
  const api = useApi();
  const query = useQuery({
    queryKey: ["poster", message.id, id],
    queryFn: async ({ signal }) => {
      const { makePoster } = await withDeadline(LIMITS_MS.chunk, () => import("./poster"), signal);
      const read = (from: number, to: number) => api.fetchAttachmentPart(message, id, { from, to }, signal);
      return withDeadline(LIMITS_MS.poster, () => makePoster(file_size ?? 0, read), signal);
    },
    enabled: isWanted && file_size !== null,
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
    structuralSharing: false,
  });
  return { url: useBlobUrl(query.data ?? undefined), isPending: query.isPending && isWanted };
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

/** True once the element has come near the viewport. The element is there from the first rendering on. */
export function useNear<T extends Element>(): [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [isNear, setNear] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    const element = ref.current;
    if (element === null || isNear) return undefined;
    const observer = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: "400px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isNear]);
  return [ref, isNear];
}
