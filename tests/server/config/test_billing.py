"""Standard Webhooks: the specification's example is accepted; wrong signatures and old timestamps are rejected."""

import base64

import pytest

from server.config.billing import (
    Billing,
    SignatureError,
    check_billing,
    check_signature,
    make_secret,
    sign,
)
from server.config.reader import ConfigError

# The example of standardwebhooks.com's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, MOMENT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def check(**changes: object) -> None:
    given: dict[str, object] = {
        "known": (SECRET,),
        "webhook_id": ID,
        "timestamp": str(MOMENT),
        "signatures": SIGNATURE,
        "body": BODY,
        "now": float(MOMENT),
    }
    check_signature(**(given | changes))  # type: ignore[arg-type]


def test_the_specifications_example() -> None:
    assert sign(SECRET, ID, MOMENT, BODY) == SIGNATURE
    check()
    check(now=MOMENT + 299.0)
    check(now=MOMENT - 299.0)


def test_one_good_signature_of_several_is_enough() -> None:
    other = sign("whsec_" + base64.b64encode(b"x" * 32).decode(), ID, MOMENT, BODY)
    check(signatures=f"{other} {SIGNATURE}")
    check(signatures=f"v1a,abc {SIGNATURE}")
    with pytest.raises(SignatureError):
        check(signatures=other)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": BODY + b" "},
        {"webhook_id": "msg_other"},
        {"webhook_id": ""},
        {"webhook_id": "x" * 256},
        {"webhook_id": "msg\x00"},
        {"timestamp": str(MOMENT + 1)},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": "1e9"},
        {"timestamp": "9" * 30},
        {"timestamp": "١٦١٤٢٦٥٣٣٠"},
        {"signatures": ""},
        {"signatures": SIGNATURE.removeprefix("v1,")},
        {"signatures": "v2" + SIGNATURE[2:]},
        {"signatures": SIGNATURE[:-3]},
        {"signatures": "v1,\udcff"},
        {"signatures": f"{'v1,x ' * 30}{SIGNATURE}"},
        {"now": MOMENT + 301.0},
        {"now": MOMENT - 301.0},
    ],
    ids=repr,
)
def test_invalid_signatures_are_rejected(changes: dict[str, object]) -> None:
    with pytest.raises(SignatureError):
        check(**changes)


def test_while_the_secret_is_rotated_both_are_accepted_and_no_other() -> None:
    new = make_secret()
    for known in ((new, SECRET), (SECRET, new)):
        check(known=known)
        check(known=known, signatures=f"v1,AAAA {sign(new, ID, MOMENT, BODY)}")
    with pytest.raises(SignatureError):
        check(known=(new, make_secret()))
    assert Billing(secret=new, secret_previous=SECRET).secrets == (new, SECRET)
    assert Billing(secret_previous=SECRET).secrets == ()


@pytest.mark.parametrize("secret", ["secret", "whsec_", "whsec_abc", "whsec_!!!!", "whsec_" + "A" * 200])
def test_an_unusable_billing_secret_stops_the_start(secret: str) -> None:
    check_billing(Billing(secret=SECRET, secret_previous=make_secret()))
    with pytest.raises(ConfigError, match="CONFAB_BILLING_SECRET_PREVIOUS"):
        check_billing(Billing(secret=SECRET, secret_previous=secret))
    check_billing(Billing())
    with pytest.raises(ConfigError, match="CONFAB_BILLING_SECRET") as caught:
        check_billing(Billing(secret=secret))
    assert secret.removeprefix("whsec_") not in str(caught.value) or not secret.removeprefix("whsec_")
