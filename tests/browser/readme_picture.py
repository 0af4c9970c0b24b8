"""Make docs/page.svg, the picture of the README, of the page itself: the first chart as its SVG button gives it.

.venv/bin/python -m tests.browser.readme_picture warehouse/bilateral.duckdb
"""

import sys
import tempfile
from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.site.files import site_files
from tests.browser.conftest import chrome
from tests.browser.test_page import served

TO = Path(__file__).parents[2] / "docs" / "page.svg"


def main(published: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        served(site_files(published, 1)) as address,
        chrome("--window-size=960,900", **{"download.default_directory": folder}) as driver,
    ):
        driver.get(address)
        wait = WebDriverWait(driver, 60)
        wait.until(lambda d: d.find_elements(By.CSS_SELECTOR, "figure g[role=img] path"))
        next(b for b in driver.find_elements(By.CSS_SELECTOR, "figure .take button") if b.text == "SVG").click()
        (path,) = wait.until(lambda _: list(Path(folder).glob("*.svg")))
        TO.write_bytes(path.read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
