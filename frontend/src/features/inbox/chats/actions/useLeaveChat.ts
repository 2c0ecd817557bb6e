/** Closes the open chat; the focus goes to its row, or to the row that takes its place. */
import { useCallback } from "react";
import { useLocation, useNavigate } from "@/lib/navigation";

export function useLeaveChat(): () => void {
  const navigate = useNavigate();
  const { search } = useLocation();
  return useCallback(() => navigate(`/inbox${search}`), [navigate, search]);
}
