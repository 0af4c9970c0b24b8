"""The made-up sample: a small archive in the layouts of the sources, for tests alone. Its own page says what of it is fact."""

from pathlib import Path

SAMPLE = Path(__file__).resolve().parent / "sample" / "archive"
