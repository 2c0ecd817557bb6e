/** The query cache, and how what the server pushes gets into it. */
import { noop, QueryClient, type InvalidateOptions, type InvalidateQueryFilters, type QueryKey } from "@tanstack/react-query";

/**
 * What is invalidated while it is read for the first time is read once more: the answer on its way may be older than the
 * reason. The library waits for that answer and takes it for a fresh one; it starts again only where there is data already.
 */
export class CachedQueries extends QueryClient {
  override invalidateQueries<Key extends QueryKey = QueryKey>(filters: InvalidateQueryFilters<Key> = {}, options?: InvalidateOptions): Promise<void> {
    for (const { state, queryKey, promise } of this.getQueryCache().findAll({ ...filters, fetchStatus: "fetching" })) {
      if (state.data === undefined) promise?.then(() => super.invalidateQueries({ ...filters, queryKey, exact: true }, { cancelRefetch: false }), noop);
    }
    return super.invalidateQueries(filters, options);
  }
}

/** Applies a change to what is cached; what is being read meanwhile may be older than the change, and is read again. */
export function applyPushed<T>(client: QueryClient, queryKey: QueryKey, by: (current: T) => T): void {
  client.setQueryData<T>(queryKey, (current) => current && by(current));
  if (client.isFetching({ queryKey }) > 0) void client.invalidateQueries({ queryKey });
}
