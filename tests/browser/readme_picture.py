"""Make docs/page.svg, the picture of the README, of the page itself: the first chart as its SVG button gives it.

.venv/bin/python -m tests.browser.readme_picture warehouse/bilateral.duckdb
"""

import shutil
import sys
import tempfile
import threading
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.site.files import site_files
from pipelines.site.serve import SiteServer

TO = Path(__file__).parents[2] / "docs" / "page.svg"


def main(published: Path) -> None:
    """Open the page of a file, press the button, keep what comes."""
    server = SiteServer(lambda: ("", site_files(published, 1)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=960,900"):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"download.default_directory": folder})
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            driver.get(server.address)
            wait = WebDriverWait(driver, 60)
            wait.until(lambda d: d.find_elements(By.CSS_SELECTOR, "figure g[role=img] path"))
            next(b for b in driver.find_elements(By.CSS_SELECTOR, "figure .take button") if b.text == "SVG").click()
            (path,) = wait.until(lambda _: list(Path(folder).glob("*.svg")))
            TO.write_bytes(path.read_bytes())
        finally:
            driver.quit()
            server.shutdown()
            server.server_close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
