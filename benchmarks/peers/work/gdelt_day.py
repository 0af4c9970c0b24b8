"""A day of GDELT, 96 zip files, to one Parquet file."""

from __future__ import annotations

import http.server
import importlib
import importlib.util
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any, ClassVar

from measured import Timer, report


def _slots(folder: Path) -> list[Path]:
    return sorted((folder / "day").glob("*.zip"))


def ours(folder: Path) -> dict[str, Any]:
    gdelt = importlib.import_module("assets.news.gdelt.events")
    timer = Timer()
    files: dict[str, bytes] = {}
    for path in _slots(folder):
        with zipfile.ZipFile(path) as archive:
            files |= {name: archive.read(name) for name in archive.namelist()}
    frame = gdelt.stage(files).frames["events"]
    frame.write_parquet(folder / "ours.parquet", compression="lz4", statistics=False)
    return {**timer.took(), "n": frame.height}


def pandas(folder: Path) -> dict[str, Any]:
    pd = importlib.import_module("pandas")
    importlib.import_module("pyarrow")
    timer = Timer()
    # actor codes such as 001 must stay text; CAMEO codes too
    text = {26: "str", 27: "str", 28: "str"}
    day = pd.concat([pd.read_csv(path, sep="\t", header=None, dtype=text, low_memory=False) for path in _slots(folder)])
    day.columns = [str(c) for c in day.columns]
    day.to_parquet(folder / "pandas.parquet")
    return {**timer.took(), "n": len(day)}


def duckdb(folder: Path) -> dict[str, Any]:
    db = importlib.import_module("duckdb")
    timer = Timer()
    with tempfile.TemporaryDirectory() as name, db.connect(config={"threads": 1}) as con:
        # it reads no zip: they are unpacked first
        for path in _slots(folder):
            shutil.unpack_archive(path, name, "zip")
        text = "{'column26': 'VARCHAR', 'column27': 'VARCHAR', 'column28': 'VARCHAR'}"
        source = f"read_csv('{name}/*.CSV', delim='\t', header=false, quote='', types={text})"
        con.execute(f"COPY (FROM {source}) TO '{folder}/duckdb.parquet' (FORMAT parquet)")
        ((n,),) = con.execute(f"SELECT count(*) FROM '{folder}/duckdb.parquet'").fetchall()
    return {**timer.took(), "n": n}


class _Serve(http.server.BaseHTTPRequestHandler):
    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = self.files[self.path.strip("/")]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def gdeltpyr(folder: Path) -> dict[str, Any]:
    # the package asks GitHub for a table when it is imported: its worker is loaded alone, and the files served from here
    spec = importlib.util.find_spec("gdelt")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("gdelt")
    worker = importlib.util.spec_from_file_location("gdelt_worker", Path(spec.origin).with_name("parallel.py"))
    if worker is None or worker.loader is None:
        raise ModuleNotFoundError("gdelt.parallel")
    module = importlib.util.module_from_spec(worker)
    worker.loader.exec_module(module)
    pd = importlib.import_module("pandas")
    _Serve.files = {path.name: path.read_bytes() for path in _slots(folder)}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    timer = Timer()
    day = pd.concat([module._mp_worker(f"http://127.0.0.1:{server.server_port}/{name}", "events") for name in _Serve.files])
    day.columns = [str(c) for c in day.columns]
    day.to_parquet(folder / "gdeltpyr.parquet")
    took = timer.took()
    server.shutdown()
    return {**took, "n": len(day)}


if __name__ == "__main__":
    report({"ours": ours, "pandas": pandas, "duckdb": duckdb, "gdeltpyr": gdeltpyr})
