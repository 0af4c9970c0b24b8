"""Entry point of ``dagster dev`` and of the daemon: the project on the folder of the settings."""

from pipelines.dagster.build import build_definitions
from pipelines.services.warehouse import Warehouse

defs = build_definitions(Warehouse())
