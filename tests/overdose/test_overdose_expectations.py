"""Where each expectation that was found on real files (E1 to E19) is held: by a table, or by a test of stage and judge."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from pipelines.publish.expectations import expectations_of

OBSERVATIONS, VINTAGES = "core.overdose_observations", "core.overdose_vintages"
HERE = Path(__file__).parent

TABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "E1": (
        "the key is unique",
        (
            f"{OBSERVATIONS}: key_is_unique",
            f"{VINTAGES}: key_is_unique",
            "test_vsrr.py: test_a_key_twice_with_different_values_is_not_believed_at_all",
        ),
    ),
    "E2": (
        "every series has all months",
        (
            f"{OBSERVATIONS}: months_without_gaps",
            "test_vsrr.py: test_a_complete_vintage_in_which_months_are_missing_is_refused",
            "test_vsrr_pages.py: test_a_month_that_no_page_holds_is_refused",
            "test_overdose_vintages.py: test_a_complete_vintage_holds_every_series_without_a_gap",
        ),
    ),
    "E3": (
        "51 jurisdictions, New York City and the US, Puerto Rico since 2025",
        (
            "test_vsrr.py: test_fifty_states_the_district_the_city_puerto_rico_and_the_nation_are_known",
            "test_vsrr.py: test_a_vintage_that_lost_a_jurisdiction_in_a_total_is_partial",
            "test_vsrr.py: test_a_drug_class_may_lose_a_jurisdiction_in_a_complete_vintage_as_west_virginia_did",
            "test_overdose_known_answers.py: test_the_file_without_new_york_city_is_refused",
        ),
    ),
    "E4": ("predicted is no less than reported, but for 15 deaths or 2 %", (f"{OBSERVATIONS}: reported_not_above_predicted",)),
    "E4b": (
        "no predicted value where the reported one is not shown",
        (
            f"{OBSERVATIONS}: no_predicted_where_suppressed",
            "test_vsrr.py: test_a_predicted_value_that_leaks_where_the_reported_one_is_not_shown_is_removed_and_counted",
            "test_overdose_known_answers.py: test_leaked_predicted_values_are_removed",
        ),
    ),
    "E5": (
        "the US is the sum of its jurisdictions, exactly, in both totals",
        (
            f"{OBSERVATIONS}: us_is_sum_of_jurisdictions",
            "test_vsrr.py: test_the_us_must_be_the_sum_of_its_jurisdictions_where_two_are_there_to_compare",
            "test_vsrr.py: test_puerto_rico_is_outside_the_sum",
        ),
    ),
    "E5b": ("the states that show a class have no more than the US", (f"{OBSERVATIONS}: class_of_states_not_above_us",)),
    "E6": (
        "a class is no more than those that hold it, all overdoses no more than all causes",
        (f"{OBSERVATIONS}: class_not_above_total", f"{OBSERVATIONS}: overdoses_not_above_all_causes"),
    ),
    "E7": (
        "percents lie within 0 and 100",
        (
            f"{OBSERVATIONS}: check_unit_value_value",
            "test_vsrr.py: test_a_row_that_cannot_be_read_is_rejected_with_the_cell_and_the_others_stay",
        ),
    ),
    "E8": ("at most 5 % of the records are pending", (f"{OBSERVATIONS}: few_records_pending",)),
    "E8b": ("percent complete may be a lower bound", ("test_vsrr.py: test_percent_complete_may_be_a_lower_bound",)),
    "E9": ("no count of 1 to 9 since September 2019", (f"{OBSERVATIONS}: small_counts_are_suppressed",)),
    "E10": ("the US moves by less than 8 % a month", (f"{OBSERVATIONS}: us_total_moves_slowly",)),
    "E10b": ("a state of more than 100 deaths moves by less than 35 %", (f"{OBSERVATIONS}: state_totals_move_slowly",)),
    "E11": (
        "a value is empty where its footnote says so",
        (
            "test_vsrr.py: test_an_empty_value_has_the_reason_of_its_footnote_and_is_never_zero",
            "test_vsrr.py: test_a_footnote_and_its_count_that_contradict_each_other_are_told",
        ),
    ),
    "E12": (
        "counts are whole numbers of 0 or more",
        (
            f"{OBSERVATIONS}: check_value",
            f"{OBSERVATIONS}: check_unit_value_value_value",
            "test_vsrr.py: test_a_row_that_cannot_be_read_is_rejected_with_the_cell_and_the_others_stay",
        ),
    ),
    "E13": (
        "rows are series times months; 630 series since 2025",
        (
            f"{VINTAGES}: series_are_all_there",
            "test_vsrr.py: test_a_complete_vintage_in_which_months_are_missing_is_refused",
            "test_vsrr.py: test_series_that_a_complete_vintage_has_lost_are_told",
        ),
    ),
    "E14": (
        "finalised years do not change",
        (
            f"{OBSERVATIONS}: closed_years_do_not_change",
            "test_overdose_checks.py: test_a_month_that_was_closed_after_its_value_came_must_not_change_either",
        ),
    ),
    "E15": (
        "two serialisations of a vintage are no revision",
        (
            "test_overdose_known_answers.py: test_two_serialisations_of_one_vintage_are_no_revision",
            "test_observations.py: test_the_same_percent_written_with_fewer_digits_is_no_revision",
        ),
    ),
    "E16": (
        "the US is revised by at most 6 %, a state by 15 % without a warning",
        (
            f"{OBSERVATIONS}: us_total_is_revised_little",
            f"{OBSERVATIONS}: state_totals_are_revised_little",
            "test_overdose_checks.py: test_the_large_revisions_of_real_vintages_are_found_and_stop_nothing",
        ),
    ),
    "E17": (
        "the newest month never goes back, and comes 3.5 to 8 months later",
        (
            f"{VINTAGES}: newest_month_never_goes_back",
            f"{VINTAGES}: published_some_months_later",
            "test_vsrr.py: test_an_old_complete_vintage_saved_late_is_refused_by_its_newest_month",
            "test_vsrr.py: test_a_lag_of_more_than_a_year_is_a_warning",
        ),
    ),
    "E18": (
        "seizures: unique keys, no negative pounds, twelve months a year, shared years identical",
        (
            "core.drug_seizures: key_is_unique",
            "core.drug_seizures: check_quantity_lbs",
            "core.drug_seizures: fiscal_years_have_twelve_months",
            "test_seizures.py: test_events_without_a_quantity_are_kept_and_negative_quantities_are_not",
            "test_seizures.py: test_the_years_that_two_files_share_are_identical_and_the_dropped_one_stays",
        ),
    ),
    "E19": (
        "months out of sums are not below 0, and a calendar year is its row of December",
        (
            "marts.overdose_monthly: us_months_are_not_below_zero",
            "marts.overdose_monthly: years_add_up",
            "test_overdose_built.py: test_twelve_months_of_a_calendar_year_are_its_row_of_december_exactly",
        ),
    ),
}
"""Expectation to what it says and where it is held: ``table: expectation`` or ``file: test``."""


@cache
def held(where: str) -> frozenset[str]:
    """What a table expects (its declared checks without their numbers), or the tests of a file."""
    if where.endswith(".py"):
        lines = (HERE / where).read_text(encoding="utf-8").splitlines()
        return frozenset(line[4:].partition("(")[0] for line in lines if line.startswith("def test_"))
    return frozenset(re.sub(r"^check_\d+_", "check_", e.name) for e in expectations_of(where, ()))


def test_every_expectation_of_the_files_is_in_the_table() -> None:
    numbers = [f"E{n}" for n in range(1, 20)]
    assert list(TABLE) == sorted([*numbers, "E4b", "E5b", "E8b", "E10b"], key=lambda e: (int(e[1:].rstrip("b")), e))


@pytest.mark.parametrize("number", TABLE)
def test_an_expectation_is_held_where_the_table_says(number: str) -> None:
    _, places = TABLE[number]
    assert places
    for place in places:
        where, what = place.split(": ")
        assert what in held(where), place
