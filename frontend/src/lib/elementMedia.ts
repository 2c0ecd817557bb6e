/** Pictures and videos, which their elements load by themselves. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useFirstApi } from "./api/context";

/**
 * The state of a file that an element loads from this address. An element does not say why it failed: after its first
 * failure a request asks, which also renews an expired cookie, and then the element, with another `key`, tries again.
 */
export function useElementMedia(url: string) {
  const api = useFirstApi();
  const [isBroken, setBroken] = useState(false);
  const [isLoaded, setLoaded] = useState(false);
  const [key, setKey] = useState(0);
  const { mutate, error, isPending } = useMutation({ mutationFn: () => api.checkMedia(url), onSuccess: () => setKey((tries) => tries + 1) });
  return {
    key,
    isLoaded,
    /** The server has the file, but the browser cannot show it. */
    isBroken,
    /** Why there is no file. */
    error,
    isChecking: isPending,
    retry: () => mutate(),
    onLoad: () => setLoaded(true),
    onError: () => (key === 0 ? mutate() : setBroken(true)),
  };
}
