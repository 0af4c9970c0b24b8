"""``python -m pipelines.cli``."""

from pipelines.cli.app import command

command()
