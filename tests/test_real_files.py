"""The tool that unpacks vintages, and the answers that tests on real files share."""

import os
import subprocess
from pathlib import Path

from tests.real_files import expand


def test_a_bundle_is_unpacked_into_one_folder_for_each_vintage_by_the_moment_of_its_commit(tmp_path: Path) -> None:
    history = tmp_path / "history"

    def git(*arguments: str, at: str = "2021-08-18T00:00:00Z") -> None:
        person = {f"GIT_{who}_{what}": "nobody@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **person, "GIT_COMMITTER_DATE": at}
        subprocess.run(["git", "-C", str(history), *arguments], check=True, capture_output=True, env=environment)

    history.mkdir()
    git("init", "--initial-branch", "dev")
    for at, name, text in [
        ("2021-08-18T09:39:01Z", "sdn.csv", "one"),
        ("2021-08-19T09:00:00Z", "notes.txt", "another file"),
        ("2021-08-19T22:30:00-04:00", "sdn.csv", "two"),
        ("2021-08-21T09:00:00Z", "sdn.csv", ""),
    ]:
        (history / name).write_text(text)
        git(*(("add", name) if text else ("rm", "--force", name)))
        git("commit", "--message", "a vintage", at=at)
    git("bundle", "create", str(tmp_path / "vintages.bundle"), "dev")
    assert expand(tmp_path / "vintages.bundle", tmp_path / "out") == 2
    found = {p.parent.name: p.read_text() for p in (tmp_path / "out").glob("*/sdn.csv")}
    assert found == {"2021-08-18T093901Z": "one", "2021-08-20T023000Z": "two"}
