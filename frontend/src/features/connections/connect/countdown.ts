/** The seconds left until a moment, counted down while mounted. */
import { useEffect, useState } from "react";

function secondsUntil(time: string): number {
  return Math.max(0, Math.ceil((new Date(time).getTime() - Date.now()) / 1000));
}

export function useCountdown(expiresAt: string): number {
  const [left, setLeft] = useState(() => secondsUntil(expiresAt));
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsUntil(expiresAt)), 250);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}

export function formatCountdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
