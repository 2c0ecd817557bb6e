"""The pairing code, whatever UniPile calls its field."""

from typing import Any

import pytest

from server.unipile.answers import read_pairing
from server.unipile.errors import UnipileError


@pytest.mark.parametrize(
    "checkpoint",
    [
        {"type": "PAIRING_CODE", "code": "ABCD-2345"},
        {"type": "QRCODE", "qrcode": "ABCD2345"},
        {"type": "PASSCODE", "pairing_code": " abcd-2345 "},
        {"pairingCode": "abcd2345", "source": "APP"},
    ],
)
def test_the_code_is_found_under_any_name(checkpoint: dict[str, Any]) -> None:
    found = read_pairing({"object": "Checkpoint", "account_id": "acc-1", "checkpoint": checkpoint})
    assert (found.external_account_id, found.code, found.qrcode) == ("acc-1", "ABCD-2345", None)


@pytest.mark.parametrize(
    "answer",
    [
        {"account_id": "acc-1", "checkpoint": {"type": "QRCODE", "qrcode": "2@k3J,Zx9,Yb1,1"}},
        {"account_id": "acc-1", "checkpoint": {"type": "PASSCODE"}},
        {"account_id": "acc-1", "checkpoint": {"code": 12345678}},
        {"account_id": "acc-1", "checkpoint": None},
        {"checkpoint": {"code": "ABCD-2345"}},
    ],
)
def test_a_response_without_a_code_has_none(answer: dict[str, Any]) -> None:
    with pytest.raises(UnipileError, match="did not give a code"):
        read_pairing(answer)
