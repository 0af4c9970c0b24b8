"""The history of a git repository in which somebody kept a file: each commit that changed it is a vintage.

The moment is that of the committer: the file was there by then, perhaps earlier. Nothing of the repository is run or checked out.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from assets.errors import BilateralError
from pipelines.ingest.archive import plain_name
from pipelines.ingest.backfill import Copy
from pipelines.ingest.fetch.http import Failure
from pipelines.ingest.receipts import Basis, Http
from pipelines.ingest.sources import Source

_TRANSPORTS = "https:file"
"""A repository that refers to others must not have this machine run programs (``ext::``) or ask its neighbours."""
_LFS = b"version https://git-lfs.github.com/spec/"


class Repository:
    """A bare copy of a repository in ``folder``, made when its history is asked for; files are had one by one where it allows."""

    basis: Basis = "commit"
    pause_s = 0.0

    def __init__(self, address: str, path: str, source: Source, folder: Path) -> None:
        """Take an https address, or a folder or bundle on this machine; ``path``: of a file in it, or of a folder with files."""
        if "://" not in address and Path(address).expanduser().exists():
            address = str(Path(address).expanduser().resolve())
        self._address, self._path, self._source, self._folder = address, path.strip("/"), source, folder

    def _git(self, *arguments: str, given: bytes | None = None, **environment: str) -> bytes:
        return _output(["git", "--git-dir", str(self._folder), "--literal-pathspecs", *arguments], given, environment)

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The versions of the files at the path. Raises BilateralError where the repository or the path cannot be had."""
        clone = ["git", "clone", "--quiet", "--bare", "--no-tags", "--no-hardlinks", "--template=", "--filter=blob:none"]
        _output([*clone, "--", self._address, str(self._folder)], None, {})
        try:
            self._git("rev-parse", "--verify", "--quiet", "HEAD")
            heads = ["HEAD"]
        except BilateralError:  # a bundle of a branch has none
            heads = ["--all"]
        log = self._git("log", "--format=%H %ct", *heads, "--", self._path).decode("ascii").split()
        found: list[Copy] = []
        n_gone, others = 0, set[str]()
        for commit, at in zip(log[::2], log[1::2], strict=True):
            # a forged commit may be of any year
            moment = datetime(1970, 1, 1) + timedelta(seconds=min(max(int(at), 0), 10**11))
            entries = self._git("ls-tree", "-r", "-z", commit, "--", self._path).split(b"\0")[:-1]
            n_gone += not entries
            for entry in entries:
                kind, _, path = entry.decode("utf-8", "replace").partition("\t")
                mode, _, blob = kind.split(" ")
                name = PurePosixPath(path).name
                if not mode.startswith("100") or self._source.declared_name(plain_name(name, self._source)) is None:
                    others.add(path)
                else:
                    found.append(Copy(moment, name, blob, digest=blob))
        if not found:
            names = ", ".join(self._source.files)
            raise BilateralError(f"{self._address}: no commit has a file of {self._source.id} at {self._path!r} ({names})")
        left_out = [f"{self._address}: {len(log) // 2:,} commits at {self._path!r}"]
        left_out += [f"{n_gone:,} commits left out: the file is not there after them"] if n_gone else []
        left_out += [f"left out, no files of {self._source.id}: {', '.join(sorted(others)[:5])}"] if others else []
        # with the sizes of those whose bytes are here: to ask for the others would fetch each
        asked = "".join(f"{copy.place}\n" for copy in found).encode()
        lines = self._git("cat-file", "--batch-check=%(objectname) %(objectsize)", given=asked, GIT_NO_LAZY_FETCH="1")
        sizes = {name: int(n) for name, _, n in (line.partition(" ") for line in lines.decode().splitlines()) if n.isdecimal()}
        return [replace(copy, n_bytes=sizes.get(copy.place)) for copy in found], left_out

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        """The bytes of a version. Raises Failure."""
        http = Http(f"{self._address}#{copy.place}", 200)
        try:
            size = int(self._git("cat-file", "-s", copy.place))
            if size > limit:
                raise Failure(f"{size:,} bytes, more than {limit:,} (max_bytes in its declaration)", http=http)
            data = self._git("cat-file", "blob", copy.place)
        except BilateralError as error:
            raise Failure(str(error), http=Http(http.url)) from None
        if data.startswith(_LFS):
            raise Failure("the repository holds a pointer of Git LFS and not the file", http=http)
        return data, http


def _output(command: Sequence[str], given: bytes | None, environment: dict[str, str]) -> bytes:
    around = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": _TRANSPORTS, "LC_ALL": "C", **environment}
    try:
        done = subprocess.run(command, input=given, env=around, capture_output=True, check=False)
    except FileNotFoundError:
        raise BilateralError("the program git is not installed: it reads the repository. Nothing was changed.") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BilateralError(f"git {next(a for a in command[1:] if not a.startswith('-'))}: {said[-1] if said else 'failed'}")
    return done.stdout
