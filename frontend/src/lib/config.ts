/** The server's public configuration. */
import { useQuery } from "@tanstack/react-query";
import { fetchConfig } from "@/lib/api/sessions";

export function useConfig() {
  return useQuery({ queryKey: ["config"], queryFn: ({ signal }) => fetchConfig(signal), staleTime: Infinity });
}
