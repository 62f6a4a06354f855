"""A real S3 server (SeaweedFS, from the development lock) as a process of our own, to be killed and started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Any

from records.files.s3 import S3Shelf

BUCKET = "licheng"
KEYS = {"access_key_id": "tester", "secret_access_key": "invented for the tests"}
PROGRAM = Path(sys.executable).with_name("weed")
SERVICES = ("master", "volume", "filer", "s3")


class S3Server:
    """One server with its data in `folder`; it listens on 127.0.0.1 only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ports = {name: (_port(), _port()) for name in SERVICES}
        self._process: subprocess.Popen[bytes] | None = None
        rights = {"name": "tester", "actions": ["Admin", "Read", "Write", "List"]}
        keys = {"accessKey": KEYS["access_key_id"], "secretKey": KEYS["secret_access_key"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [rights | {"credentials": [keys]}]}))

    @property
    def port(self) -> int:
        """Where S3 is spoken."""
        return self._ports["s3"][0]

    def environment(self) -> dict[str, str]:
        """The variables with which a program of ours finds this store."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEYS["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["secret_access_key"],
        }

    def start(self) -> None:
        """Start it and wait until it takes an object."""
        argv = [str(PROGRAM), "server", "-filer", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=4"]
        argv += [f"-dir={self.folder}", f"-s3.config={self.folder / 's3.json'}", "-master.telemetry=false"]
        argv += ["-master.volumeSizeLimitMB=256", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        argv += [f"-{name}.localSocket={self.folder / name}.sock" for name in ("filer", "s3")]
        for name, (http, grpc) in self._ports.items():
            argv += [f"-{name}.port={http}", f"-{name}.port.grpc={grpc}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(argv, cwd=self.folder, stdout=log, stderr=log)
        shelf, until = reached(self.port), time.monotonic() + 40
        while time.monotonic() < until and self._process.poll() is None:
            if _takes(shelf):
                return
            time.sleep(0.1)
        raise AssertionError("the S3 server does not answer: " + (self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
        for socket_ in chain.from_iterable(
            Path("/tmp").glob(f"seaweedfs-*-grpc-{p}.sock") for _, p in self._ports.values()
        ):
            socket_.unlink()


def reached(port: int, **config: Any) -> S3Shelf:
    """The store behind a port of this machine."""
    endpoint = {"endpoint": f"http://127.0.0.1:{port}", "region": "us-east-1"}
    return S3Shelf(BUCKET, "school files", **(endpoint | KEYS | config), allow_http=True)


def _takes(shelf: S3Shelf) -> bool:
    try:
        plant(shelf, "nobody", "00", b"ready")
    except Exception:
        return False
    return True


def plant(shelf: S3Shelf, school: str, sha256: str, data: bytes) -> None:
    """Lay bytes under a name behind the shelf's back."""
    import obstore

    obstore.put(shelf._store, f"{school}/{sha256[:2]}/{sha256}", data, mode="overwrite")


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
