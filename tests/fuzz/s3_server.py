"""A real S3 server (moto) with a bucket and a key that is checked on every request."""

import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.support.ports import free_port
from tests.support.programs import wait_for

BUCKET = "inbox"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
# moto derives the AWS service from it; before keys are checked any value works.
FOR_IAM = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260302/us-east-1/iam/aws4_request, "
    "SignedHeaders=host, Signature=x"
}


@dataclass(frozen=True)
class S3Server:
    """Its address, and the key that it accepts."""

    url: str
    key_id: str
    secret: str

    def media_url(self, bucket: str = BUCKET) -> str:
        """The value of `[media] url`."""
        return f"s3://{bucket}/media?endpoint={self.url}&region=us-east-1"


def call(url: str, method: str, path: str, data: bytes = b"", headers: dict[str, str] | None = None) -> str:
    request = urllib.request.Request(url + path, data, headers or {}, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        said: str = answer.read().decode()
        return said


def iam(url: str, action: str, **parameters: str) -> str:
    form = urlencode({"Action": action, "Version": "2010-05-08", **parameters}).encode()
    return call(url, "POST", "/", form, FOR_IAM)


@contextmanager
def run_s3_server() -> Iterator[S3Server]:
    """Until the `with` block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [os.environ["MOTO_SERVER"], "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(url))
        call(url, "PUT", f"/{BUCKET}")
        iam(url, "CreateUser", UserName="confab")
        made = iam(url, "CreateAccessKey", UserName="confab")
        iam(url, "PutUserPolicy", UserName="confab", PolicyName="s3", PolicyDocument=POLICY)
        # From here on every request needs a key.
        call(url, "POST", "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
        key_id, secret = (_word(made, name) for name in ("AccessKeyId", "SecretAccessKey"))
        yield S3Server(url, key_id, secret)
    finally:
        process.terminate()
        process.wait(30)


def _word(answer: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", answer)
    assert found is not None
    return found[1]


def _answers(url: str) -> bool:
    try:
        call(url, "GET", "/moto-api/data.json")
    except OSError:
        return False
    return True
