"""What hostile clients send: bodies, content types, values of parameters, headers."""

import itertools
import json

DEEP = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
HUGE_NUMBER = b'{"account_id": "x", "a": 1' + b"0" * 5000 + b"}"
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a NUL": b'{"text": "a\\u0000b", "user_id": "a\\u0000b", "email": "a\\u0000@b.example"}',
    "a raw NUL": b'{"text": "a\x00b"}',
    "lone surrogates": b'{"text": "\\ud800", "name": "\\udfff\\ud800"}',
    "surrogates in UTF-8": b'{"text": "\xed\xa0\x80"}',
    "broken UTF-8": b'{"text": "\xff\xfe"}',
    "overlong UTF-8": b'{"text": "\xc0\xaf"}',
    "UTF-16": '{"text": "Oi"}'.encode("utf-16"),
    "UTF-8 with a mark": b"\xef\xbb\xbf{}",
    "deep objects": DEEP,
    "deep lists": b"[" * 100_000,
    "deep inside": b'{"account_id": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "NaN": b'{"to": NaN, "text": Infinity, "value": -Infinity}',
    "2^63": b'{"user_id": 9223372036854775808, "quote_id": 9223372036854775808, "to": 9223372036854775808}',
    "-2^63 - 1": b'{"user_id": -9223372036854775809, "quote_id": -9223372036854775809}',
    "a huge number": HUGE_NUMBER,
    "1e400": b'{"quote_id": 1e400, "muted_until": 1e400}',
    "duplicate keys": b'{"text": "Oi", "text": 17, "email": "a@b.example", "email": []}',
    "odd keys": b'{"__proto__": {}, "constructor": 1, "": 2, "\\u0000": 3}',
    "a list": b"[1, 2]",
    "no object": b'"text"',
    "a form": b"text=Oi&to=%2B5511988880000",
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "many fields": json.dumps({f"field{n}": n for n in range(60_000)}).encode(),
    "many items": json.dumps(
        {"text": "Oi", "name": "x", "scopes": ["read"] * 50_000, "account_ids": [1] * 50_000}
    ).encode(),
    "many fields inside": json.dumps({"text": {f"field{n}": n for n in range(60_000)}}).encode(),
    "too much": b'{"text": "' + b"x" * (1024 * 1024) + b'"}',
}
JSON = "application/json"
KINDS = (
    *(
        JSON,
        JSON + "; charset=utf-16",
        JSON + "; charset=nonsense",
        JSON + '; charset="',
        "text/plain",
        "text/html",
    ),
    *(
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "nonsense",
    ),
    *(
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=" + "y" * 500,
        "multipart/mixed; boundary=x",
    ),
)
VALUES = (
    *(
        "%00",
        "a%00b",
        "%ff",
        "%ED%A0%80",
        "%2e%2e%2f",
        "..%2f..%2fetc%2fpasswd",
        "-1",
        "0",
        "1.5",
        "1e9",
        "NaN",
        "null",
    ),
    *(
        str(2**31),
        str(2**63 - 1),
        str(2**63),
        str(2**64),
        "9" * 19,
        "9" * 20,
        "9" * 21,
        "9" * 300,
        "%D9%A3",
        "x" * 3000,
    ),
    *(
        "%27%20or%201%3D1--",
        "%7B%7B7*7%7D%7D",
        "%F0%9F%99%82",
        "%E2%80%AE",
        "%25",
        "%20",
        "%0d%0aSet-Cookie:%20a=b",
    ),
)
# For parameters that a route does not declare: they are decoded, and their values never read.
DECODED_VALUES = ("%00", "%ff", "%ED%A0%80", "9" * 300, "x" * 3000, "%0d%0aSet-Cookie:%20a=b")
HEADERS: tuple[dict[str, str], ...] = (
    {"Range": "bytes=9223372036854775808-"},
    {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(500))},
    {"If-None-Match": '"' * 1000},
    {"If-Modified-Since": "yesterday"},
    {"Cookie": "confab_refresh=" + "x" * 4000 + "; a=\xff; =; ;;"},
    {"Origin": "https://\xff"},
    {"Accept-Encoding": "gzip;q=9999, br;q=-1, \xff"},
    {"X-Forwarded-For": "," * 2000},
    {"Host": "\xff:99999999"},
    {"Content-Encoding": "nonsense"},
    {"X-Confab": "1", "Cookie": "confab_refresh=00000000-0000-0000-0000-000000000000.\xff"},
    {"webhook-id": "\xff", "webhook-timestamp": "9" * 400, "webhook-signature": "v1,\xff"},
)
KIND_BODIES = (
    b'{"text": "Oi"}',
    b"--x\r\n\r\n",
    b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na',
)
KIND_CASES = tuple(itertools.product(KINDS, KIND_BODIES))
