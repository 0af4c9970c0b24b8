"""Progress of long work, as ``assets.progress`` has it: what is coded in a fold counts too."""

from assets.progress import Advance, Watcher, each, task, watched_by

__all__ = ["Advance", "Watcher", "each", "task", "watched_by"]
