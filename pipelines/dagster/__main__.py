"""``python -m pipelines.dagster``: the recorder of a refresh of the command line, as ``pipelines.steps.recording`` starts it."""

from pipelines.allocator import collect_rarely

if __name__ == "__main__":
    collect_rarely()
    # Dagster is what is large
    from pipelines.dagster.recorder import main

    main()
