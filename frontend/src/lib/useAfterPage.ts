/** Whether the page is shown: what is read from then on does not delay it. */
import { useEffect, useState } from "react";
import { afterPage } from "./lazyPart";

export function useAfterPage(): boolean {
  const [isAfter, setAfter] = useState(false);
  useEffect(() => {
    let isMounted = true;
    afterPage(() => {
      if (isMounted) setAfter(true);
      return Promise.resolve();
    }, "first");
    return () => {
      isMounted = false;
    };
  }, []);
  return isAfter;
}
