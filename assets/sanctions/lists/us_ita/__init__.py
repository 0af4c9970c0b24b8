"""The US International Trade Administration: Consolidated Screening List, which repeats other lists."""
