"""A headless Chromium; a Dagster UI on a warehouse of the sample, and the page. Without Chromium no test is collected."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psutil
import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.whole.conftest import ROOT, Warehouse, sample_for_all

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p is not None), None)
DRIVER = shutil.which("chromedriver")
WAIT_S = 20
ENGINE_S = 3 * WAIT_S
"""The engine of the page is 34 MB to compile, once: on a busy machine that takes its time."""
LOOK_S = 0.05
"""Between two looks at a page that is waited for."""

HOSTILE = "<img src=x onerror=\"document.title='it ran'\"><script>document.title='it ran'</script>"

collect_ignore_glob: list[str] = []
if CHROMIUM is None or DRIVER is None:
    collect_ignore_glob.append("test_*.py")
    # no UserWarning: those are filtered out
    warnings.warn("tests/browser is left out: chromium and chromedriver are not installed", RuntimeWarning, stacklevel=1)


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("browser") / "warehouse"
    shutil.copytree(sample_for_all(tmp_path_factory).folder, folder, symlinks=True)
    return Warehouse(folder)


@dataclass(frozen=True)
class Browser:
    """Opens pages, waits for what they should show, and knows what went wrong in them."""

    driver: webdriver.Chrome

    def open(self, address: str, *expected: str, wait_s: int = ENGINE_S) -> str:
        self.driver.set_page_load_timeout(wait_s)
        self.driver.get(address)
        return self.see(*expected, wait_s=wait_s)

    def see(self, *expected: str, wait_s: int = ENGINE_S) -> str:
        def shown(_: webdriver.Chrome) -> tuple[str] | Literal[False]:
            text = self.text()
            return (text,) if all(e in text for e in expected) else False

        try:
            # a page that is still being drawn replaces elements while they are read
            (text,) = WebDriverWait(self.driver, wait_s, LOOK_S, [StaleElementReferenceException]).until(shown)
        except TimeoutException as late:
            raise AssertionError(f"{expected} are not all on the page, which shows:\n{self.text()[:3000]}") from late
        return text

    def at(self, address: str) -> None:
        """At the first view of the page of an address, in the tab that shows it already: its engine takes seconds to load."""
        self.faults()
        if not self.driver.current_url.startswith(address):
            self.open(address, "Who sanctioned whom")
        self.view("#/", "Who sanctioned whom")
        self.driver.execute_script("performance.clearResourceTimings()")

    def view(self, address: str, *expected: str) -> str:
        """Go to a view by its address; the text of the page once that view is drawn and shows all that is expected."""
        script = """const page = document.documentElement.dataset;
            if (location.hash !== arguments[0]) { delete page.shown; location.hash = arguments[0]; }"""
        self.driver.execute_script(script, address)
        self.until("return document.documentElement.dataset.shown")
        return self.see(*expected)

    def until(self, script: str, *given: object) -> Any:
        return WebDriverWait(self.driver, ENGINE_S, LOOK_S).until(lambda d: d.execute_script(script, *given))

    def shows_address(self, end: str) -> bool:
        return self.driver.current_url.endswith(end)

    def choose(self, selector: str, text: str = "", value: str = "", nth: int = 0) -> None:
        field = Select(self.all(selector)[nth])
        field.select_by_visible_text(text) if text else field.select_by_value(value)

    @contextmanager
    def screen(self, width: int, height: int) -> Iterator[None]:
        phone = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def width(self) -> int:
        return int(self.driver.execute_script("return document.documentElement.scrollWidth"))

    def loaded(self) -> list[str]:
        return list(self.driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)"))

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self) -> str:
        # what the driver would gather of a long page takes a second
        return str(self.driver.execute_script("return document.body?.innerText ?? ''"))

    def faults(self) -> list[str]:
        """Errors in the console since it was last asked: scripts that failed, files that were not there."""
        entries: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [e["message"] for e in entries if e["level"] == "SEVERE"]

    def hosts(self) -> set[str]:
        return {urlsplit(address).hostname or "" for address in self.loaded()}


ALONE = (
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # no other machine can be reached: a page that needed one would show it
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip


@contextmanager
def chrome(*arguments: str, **preferences: str) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", *arguments):
        options.add_argument(argument)
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chrome(*ALONE, "--window-size=1600,1000", f"--user-data-dir={tmp_path_factory.mktemp('chromium')}") as driver:
        yield Browser(driver)


@pytest.fixture(scope="session")
def dagster_ui(refreshed: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("dagster") / "log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with log.open("w", encoding="utf-8") as out:
        command = [sys.executable, "-m", "pipelines.dagster.home", "dev", "-m", "pipelines.definitions", "--host", "127.0.0.1"]
        command += ["--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=refreshed.environment(), stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until_served(f"{address}/server_info", server, log)
        yield address
    finally:
        family = psutil.Process(server.pid).children(recursive=True)
        server.send_signal(signal.SIGINT)
        _, left = psutil.wait_procs([*family, psutil.Process(server.pid)], timeout=30)
        for process in left:
            process.kill()
        server.wait()
    assert left == [], "Ctrl-C left processes of the Dagster UI behind"


def wait_until_served(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the server of {address} did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


@pytest.fixture(scope="session")
def page(refreshed: Warehouse) -> Iterator[str]:
    """Address of the page that ``bilateral explore`` serves of the sample, as it prints it."""
    command = [sys.executable, "-m", "pipelines.cli", "explore", "--port", "0", "--no-browser"]
    env = {**refreshed.environment(), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        # a script that starts this in the background makes it ignore SIGINT
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as server:  # fmt: skip
        assert server.stdout is not None
        first = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", first)
        assert address is not None, first + server.stdout.read()
        try:
            yield address[0]
        finally:
            server.send_signal(signal.SIGINT)
            rest, _ = server.communicate(timeout=20)
    assert "The page has ended." in rest
    assert "Traceback" not in rest
    assert server.returncode == 0
