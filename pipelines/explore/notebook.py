"""The explorer's page: widgets, and what they are wired to. What is shown is made by the modules beside this one."""

import marimo

app = marimo.App(width="medium", app_title="Explorer: bilateral relations")

with app.setup:
    from collections.abc import Iterable

    import marimo as mo

    from pipelines.cli.answers import read_settings
    from pipelines.explore import own_question, pair_view, party_life
    from pipelines.explore.opened import opened

    FILE = opened(read_settings().published)
    EXAMPLES = own_question.examples()
    TWO_STATES, PARTY, SQL = "Two states", "A party", "SQL"
    CHRONICLE, NOTHING = "Chronicle", "nothing"

    def piece(html: str) -> mo.Html:
        """A piece of the page in the style of the project."""
        return mo.Html(f'<div class="explore">{html}</div>')

    def choice(options: Iterable[str], label: str, *, wide: bool = False) -> mo.ui.dropdown:
        """One of several, the first at the beginning; the browser's own list, which every keyboard and telephone knows."""
        names = list(options)
        return mo.ui.dropdown(names, value=names[0], label=label, allow_select_none=False, full_width=wide)

    def in_a_row(*widgets: object) -> mo.Html:
        """Widgets beside each other, below each other where there is no room."""
        return mo.hstack(widgets, wrap=True, justify="start", align="end", gap=1)


@app.cell
def _():
    view = mo.ui.tabs({TWO_STATES: "", PARTY: "", SQL: ""})
    mo.vstack([piece("<h1>Who listed whom, what was counted, what was said</h1>"), view])
    return (view,)


@app.cell
def _():
    states, _problem = pair_view.offered(FILE)
    mo.stop(not states, piece(_problem))
    one = choice(states, "State")
    since = mo.ui.text(label="From", placeholder="YYYY-MM-DD")
    until = mo.ui.text(label="To", placeholder="YYYY-MM-DD")
    grain = choice(pair_view.GRAINS, "Grain")
    known = mo.ui.text(label="As known on", placeholder="now, or YYYY-MM-DD")
    return grain, known, one, since, states, until


@app.cell
def _(one, states):
    pairs = states[one.value]
    other = choice(pairs, "and")
    return other, pairs


@app.cell
def _(grain, known, one, other, since, until, view):
    mo.stop(view.value != TWO_STATES)
    in_a_row(one, other, since, until, grain, known)
    return


@app.cell
def _(grain, known, other, pairs, since, until, view):
    mo.stop(view.value != TWO_STATES)
    held, _html = pair_view.look(FILE, pairs[other.value], since.value, until.value, grain.value, known.value)
    piece(_html)
    return (held,)


@app.cell
def _(held):
    mo.stop(held is None)
    charts = pair_view.drawn(held)
    rows_of = choice([CHRONICLE, *charts], "Rows of")
    words = mo.ui.text(label="with the words", placeholder="all of them")
    in_a_row(rows_of, words)
    return charts, rows_of, words


@app.cell
def _(charts, held, rows_of, words):
    piece(
        pair_view.chronicle(held, words.value)
        if rows_of.value == CHRONICLE
        else pair_view.numbers(charts[rows_of.value], words.value)
    )
    return


@app.cell
def _():
    name = mo.ui.text(label="Name of a party", placeholder="in any script")
    return (name,)


@app.cell
def _(known, name, view):
    mo.stop(view.value != PARTY)
    in_a_row(name, known)
    return


@app.cell
def _(name, view):
    mo.stop(view.value != PARTY)
    parties, _html = party_life.search(FILE, name.value)
    mo.stop(not parties, piece(_html))
    party = choice(parties, "Party", wide=True)
    mo.vstack([piece(_html), party])
    return parties, party


@app.cell
def _(known, parties, party):
    piece(party_life.look(FILE, parties[party.value], known.value))
    return


@app.cell
def _():
    example = choice(EXAMPLES, "Begin with", wide=True)
    return (example,)


@app.cell
def _(example):
    query = mo.ui.text_area(value=EXAMPLES[example.value], label="Query", rows=9, full_width=True).form(submit_button_label="Ask")
    return (query,)


@app.cell
def _(example, query, view):
    mo.stop(view.value != SQL)
    mo.vstack([piece(f"<p>{own_question.BOUNDS}</p>"), example, query])
    return


@app.cell
def _(query, view):
    mo.stop(view.value != SQL or not query.value)
    answer, _html = own_question.look(FILE, query.value)
    mo.stop(answer is None, piece(_html))
    _across, _upwards, _series = own_question.drawable(answer)
    across, upwards = choice(_across or [NOTHING], "Across"), choice(_upwards or [NOTHING], "Upwards")
    apart = choice([*_series, NOTHING], "Apart by")
    _csv = mo.download(own_question.as_csv(answer), filename="answer.csv", mimetype="text/csv", label="These rows as CSV")
    mo.vstack([piece(_html), in_a_row(across, upwards, apart, _csv)])
    return across, answer, apart, upwards


@app.cell
def _(across, answer, apart, upwards):
    _names = (w.value if w.value in answer.columns else None for w in (across, upwards, apart))
    piece(own_question.drawn(answer, *_names))
    return


if __name__ == "__main__":
    app.run()
