"""The app has a text for each action that the audit log can have, and offers no others."""

import re
from pathlib import Path
from typing import get_args

from server.audit_actions import AuditAction

LABELS = Path(__file__).parent.parent / "frontend/src/features/audit/labels.ts"
TEXT = re.compile(r'^ {2}"?([a-z_.]+)"?: "audit\.action\.\w+",$', re.MULTILINE)


def test_each_action_has_a_text() -> None:
    """What the server writes is checked by mypy: `record` takes these actions only."""
    texts = TEXT.findall(LABELS.read_text())
    assert len(texts) == len(set(texts))
    assert set(texts) == set(get_args(AuditAction))
