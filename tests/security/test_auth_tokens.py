"""Access tokens: ours are accepted, everything else gets one identical error. Passwords cost what they should."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
import orjson
import pytest

from server.auth.tokens import CACHED_TOKENS, LEEWAY_SECONDS, Tokens, bearer_token, is_same_secret
from server.errors import ConfabError
from tests.support.fixtures_passwords import PRODUCTION

SECRET = "3tYp8Wq0nLx5Rk2Vb7Zc9Hd4Jf6Mg1Ns"
SESSION = "0b54b0a6-7f0e-4bb0-8f4e-1a1f2c1f8e0a"
NOW = int(time.time())
# Created when the tests are collected, and still valid whenever they run.
EXPIRY = NOW + 24 * 3600
GOOD: Mapping[str, Any] = {
    "sub": "7",
    "sid": SESSION,
    "iss": "confab",
    "aud": "confab-api",
    "typ": "access",
    "jti": "7d1c",
    "iat": NOW,
    "nbf": NOW,
    "exp": EXPIRY,
}


def test_a_password_is_stored_at_the_documented_cost() -> None:
    """docs/security.md: 19 MiB and 2 passes. The other tests hash at the least cost."""
    assert PRODUCTION.hash("hunter22").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def signed(changes: Mapping[str, Any] | None = None, *, without: str = "", key: str = SECRET) -> str:
    claims = {name: value for name, value in {**GOOD, **(changes or {})}.items() if name != without}
    return jwt.encode(claims, key, algorithm="HS256")


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else orjson.dumps(value)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_raw(claims: object) -> str:
    """Our signature under any content, also under what no library would sign."""
    text = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(json.dumps(claims).encode())}"
    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{part(signature)}"


INVALID_TIMES = ("", "0", "-7", "+7", " 7", "7 ", "٧", "7.0", "1e3", "7\n", "9" * 30)
NO_TEXTS: tuple[Any, ...] = (7, True, None, [], {}, ["x"])
NO_TIMES: tuple[Any, ...] = (True, None, "", "x", [], {}, 10**400, -1e308)
HEAD, BODY, SIGNATURE = signed().split(".")
FORGED = {
    "nothing": "",
    "garbage": "garbage",
    "dots": "..",
    "unsigned": jwt.encode(dict(GOOD), "", algorithm="none"),
    "none without signature": f"{part({'alg': 'none', 'typ': 'JWT'})}.{BODY}.",
    "none with ours": f"{part({'alg': 'none'})}.{BODY}.{SIGNATURE}",
    "another key": signed(key="another-key-that-is-as-long-as-a-hash!"),
    "another algorithm": jwt.encode(dict(GOOD), SECRET * 2, algorithm="HS512"),
    "cut signature": f"{HEAD}.{BODY}.{SIGNATURE[:-4]}",
    "other body": f"{HEAD}.{part({**GOOD, 'sub': '1'})}.{SIGNATURE}",
    "expired": signed({"exp": NOW - 1}),
    "long expired": signed({"exp": NOW - 3600}),
    "not yet": signed({"iat": NOW + 3600}),
    "wrong audience": signed({"aud": "another-api"}),
    "wrong issuer": signed({"iss": "another"}),
    "not before later": signed({"nbf": NOW + 3600}),
    "several audiences": signed({"aud": ["confab-api", "another"]}),
    "refresh token": signed({"typ": "refresh"}),
    "other types": jwt.encode(dict(GOOD), SECRET * 2, algorithm="HS384"),
    **{f"sub {value!r}": signed({"sub": value}) for value in INVALID_TIMES},
    **{
        f"{name} {value!r}": signed_raw({**GOOD, name: value})
        for name in ("sub", "sid", "jti", "iss", "aud", "typ")
        for value in NO_TEXTS
    },
    **{
        f"{name} {value!r}"[:40]: signed_raw({**GOOD, name: value})
        for name in ("exp", "iat", "nbf")
        for value in NO_TIMES
    },
    # Valid except for their type. No test name contains the time: two processes would collect different ones.
    **{f"{name} as text": signed_raw({**GOOD, name: str(GOOD[name])}) for name in ("exp", "iat", "nbf")},
    **{
        f"{name} with a fraction": signed_raw({**GOOD, name: GOOD[name] - 0.5})
        for name in ("exp", "iat", "nbf")
    },
    "infinite": f"{HEAD}.{part(orjson.dumps(dict(GOOD)).replace(str(EXPIRY).encode(), b'1e999'))}.{SIGNATURE}",
    "claims that are a list": signed_raw([1]),
    "claims that are a text": signed_raw("confab"),
    "claims that are nothing": signed_raw(None),
    "critical header": jwt.encode(dict(GOOD), SECRET, headers={"crit": ["exp"]}),
    "no user in it": signed({"sub": "abc"}),
    "no session in it": signed({"sid": 7}),
    "oversized": signed({"padding": "x" * 5000}),
    "not ASCII": "é.é.é",
    "deep header": f"{part(b'[' * 2900)}.{BODY}.{SIGNATURE}"[:4096],
    "deep body": f"{HEAD}.{part(b'[' * 2000)}.{SIGNATURE}",
    "key in the header": f"{part({'alg': 'HS256', 'jwk': {'k': ''}})}.{BODY}.{SIGNATURE}",
} | {f"without {name}": signed(without=name) for name in GOOD}


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET, 600)


def test_an_issued_token_names_its_user_until_it_expires(tokens: Tokens) -> None:
    token, expires_at = tokens.issue(7, SESSION)
    assert tokens.read(token).user_id == 7
    assert tokens.read(token).expires_at == expires_at
    assert 0 < expires_at - time.time() <= 600
    assert Tokens(SECRET, 600).read(signed()).user_id == 7  # so that each forgery fails for its own reason


@pytest.mark.parametrize("name", FORGED)
def test_a_foreign_token_is_rejected(tokens: Tokens, name: str) -> None:
    for _ in range(2):  # the second time from the token cache
        with pytest.raises(ConfabError) as caught:
            tokens.read(FORGED[name])
        assert (caught.value.code, caught.value.status) == ("unauthenticated", 401)


def test_a_cached_token_is_rejected_once_expired(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also within the leeway that the signature check grants for clock skew."""
    token, expires_at = tokens.issue(7, SESSION)
    assert tokens.read(token)
    monkeypatch.setattr(time, "time", lambda: expires_at + LEEWAY_SECONDS / 2)
    for reader in (tokens, Tokens(SECRET, 600)):
        with pytest.raises(ConfabError):
            reader.read(token)


def test_ending_a_session_revokes_its_tokens_only(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    ended, read_before, other = (tokens.issue(7, name)[0] for name in ("one", "one", "two"))
    assert tokens.read(read_before).session_id == "one"
    for _ in range(2):
        tokens.end_sessions(["one", "another"])
    for token in (ended, read_before):
        with pytest.raises(ConfabError) as caught:
            tokens.read(token)
        assert (caught.value.code, caught.value.status) == ("unauthenticated", 401)
    assert tokens.read(other).session_id == "two"
    # Once its last token has expired, the session need not be remembered.
    expiry = time.time() + 600 + LEEWAY_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: expiry)
    tokens.end_sessions([])
    assert tokens._ended == {}


def test_the_token_cache_stays_bounded(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.auth.tokens.CACHED_TOKENS", 3)
    assert CACHED_TOKENS > 3
    issued = [tokens.issue(n, SESSION)[0] for n in range(1, 6)]
    assert [tokens.read(token).user_id for token in issued] == list(range(1, 6))
    assert len(tokens._verified) == 3


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc", "Token abc", "bearer\tabc"]
)
def test_a_header_without_a_bearer_token_is_rejected(header: str) -> None:
    with pytest.raises(ConfabError):
        bearer_token(header)


def test_the_scheme_is_case_insensitive() -> None:
    assert bearer_token("bearer abc") == bearer_token("BEARER  abc ") == "abc"


def test_secrets_are_compared_whole_for_any_header_bytes() -> None:
    assert is_same_secret("sécret", "sécret")
    assert not is_same_secret("s\udcffcret", "secret")
    assert not is_same_secret("secret", "secrets")


def test_during_secret_rotation_both_are_accepted_and_only_the_new_one_signs() -> None:
    old, new = "o" * 40, "n" * 40
    before, during, after = Tokens(old, 600), Tokens(new, 600, old), Tokens(new, 600)
    token = before.issue(7, SESSION)[0]
    assert during.read(token).user_id == 7
    fresh = during.issue(8, SESSION)[0]
    assert [reader.read(fresh).user_id for reader in (during, after)] == [8, 8]
    for reader, rejected in ((after, token), (before, fresh), (during, signed())):
        with pytest.raises(ConfabError):
            reader.read(rejected)
