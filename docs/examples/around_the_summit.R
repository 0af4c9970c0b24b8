# What moved around a summit? The question of around_the_summit.ipynb, in R.
#
# The built-in record has no news of these weeks, so it cannot say how the tone moved.
#
#     make demo                                          # or what is new: bilateral refresh --from live
#     cd docs/examples && Rscript around_the_summit.R    # with a name, acts.pdf say, it draws the acts there
#
# With the packages DBI and duckdb R reads the published file itself, read-only. Without them base R is enough: the command
# line of the project asks, and R reads its CSV.

warehouse <- Sys.getenv("BILATERAL_WAREHOUSE", file.path("..", "..", "warehouse"))

if (requireNamespace("DBI", quietly = TRUE) && requireNamespace("duckdb", quietly = TRUE)) {
  ask <- function(query) {
    # a connection of its own for each question: after a refresh the next question sees the new file
    driver <- duckdb::duckdb(dbdir = file.path(warehouse, "bilateral.duckdb"), read_only = TRUE)
    con <- DBI::dbConnect(driver)
    on.exit({ DBI::dbDisconnect(con); duckdb::duckdb_shutdown(driver) })
    DBI::dbGetQuery(con, query)
  }
} else {
  here <- file.path("..", "..", ".venv", "bin", "bilateral")
  command <- if (file.exists(here)) here else "bilateral"
  ask <- function(query) {
    lines <- suppressWarnings(system2(command, c("sql", "--file", "-", "--format", "csv"), input = query, stdout = TRUE))
    if (!is.null(attr(lines, "status"))) stop("the question was refused; the reason stands above", call. = FALSE)
    # what is not known is an empty field: NA, never 0
    rows <- utils::read.csv(text = lines, na.strings = "", stringsAsFactors = FALSE, encoding = "UTF-8")
    for (name in names(rows)) {
      known <- rows[[name]][!is.na(rows[[name]])]
      if (is.character(known) && length(known) > 0 && all(grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", known))) {
        rows[[name]] <- as.Date(rows[[name]])
      }
    }
    rows
  }
}

meeting <- as.Date("2023-11-15")

# Acts: two weeks before and after, by day; source_id is who acts; NA: nothing is known, which is not 0
days <- ask("
  SELECT source_id, date, n_official_acts, coverage_share
  FROM dyad_panel('USA', 'CHN', 'day')
  WHERE date BETWEEN DATE '2023-11-01' AND DATE '2023-11-29'
  ORDER BY source_id, date
")
days$when <- ifelse(days$date < meeting, "1 before", ifelse(days$date == meeting, "2 the day", "3 after"))
known <- function(n) if (all(is.na(n))) NA else sum(n, na.rm = TRUE)
acts <- aggregate(n_official_acts ~ when + source_id, data = days, FUN = known, na.action = na.pass)
print(acts[c("source_id", "when", "n_official_acts")], row.names = FALSE)

# Lists: was the institute listed, as known now and as a reader of the 16th could know?
institute <- "list_id = 'us_bis_entity_list' AND contains(name, 'Institute of Forensic Science')"
answer <- function(day, listed) {
  rows <- ask(paste("SELECT certainty FROM", listed, "WHERE", institute, "ORDER BY certainty"))
  if (nrow(rows) > 0) return(rows$certainty[1])
  # no row alone says nothing: the list need not be held of that day
  ended <- ask(sprintf(
    "SELECT max(valid_to) AS day FROM core.sanction_listings WHERE known_to IS NULL AND valid_to <= DATE '%s' AND %s",
    day, institute
  ))$day
  if (length(ended) == 0 || is.na(ended)) "not known" else paste("left it on", ended)
}
answers <- data.frame(
  listed_on = c("the 15th", "the 16th", "the 16th"),
  as_known = c("now", "now", "on the 16th"),
  answer = c(
    answer("2023-11-15", "listed_on(DATE '2023-11-15')"),
    answer("2023-11-16", "listed_on(DATE '2023-11-16')"),
    answer("2023-11-16", "listed_as_known(DATE '2023-11-16', DATE '2023-11-17')")
  )
)
print(answers, row.names = FALSE)
n_listed <- ask("SELECT count(*) AS n FROM listed_on(DATE '2023-11-15') WHERE certainty = 'certain'")$n

# Deaths: sums over twelve months, never to be added up; what was known that morning beside what is known now
deaths <- ask("
  SELECT period_end, t.value AS known_then, n.value AS known_now, t.vintage_date
  FROM overdose_latest() AS n
  LEFT JOIN overdose_as_known(DATE '2023-11-15') AS t USING (source, actor_id, measure, drug, basis, counts_by, period_end)
  WHERE n.actor_id = 'USA' AND n.measure = 'deaths_12m' AND n.drug = 'all' AND n.basis = 'predicted'
    AND period_end BETWEEN DATE '2023-03-31' AND DATE '2023-11-30'
  ORDER BY period_end
")
deaths$revised_by <- deaths$known_now - deaths$known_then
print(deaths, row.names = FALSE)

# The answer, in the words of the notebook
newest <- ask("
  SELECT period_end, value AS known_then, vintage_date
  FROM overdose_as_known(DATE '2023-11-15')
  WHERE actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all' AND basis = 'predicted'
  ORDER BY period_end DESC
  LIMIT 1
")
cat(sprintf(
  "That morning the newest count was %s deaths in the twelve months to %s,\n",
  format(newest$known_then, big.mark = ","), newest$period_end
))
cat(sprintf(
  "of the vintage of %s; %d of the %d periods above had no count yet.\n",
  newest$vintage_date, sum(is.na(deaths$known_then)), nrow(deaths)
))
cat(sprintf("%d parties stood certainly on the lists held.\n", as.integer(n_listed)))
cat(sprintf("The institute, asked of the 15th: %s; of the 16th: %s.\n", answers$answer[1], answers$answer[2]))
for (source in unique(acts$source_id)) {
  n <- acts$n_official_acts[acts$source_id == source]
  cat(do.call(sprintf, c(
    "%s: official acts in the two weeks before: %s, on the day: %s, in the two after: %s.\n",
    source, as.list(ifelse(is.na(n), "not known", n))
  )))
}
if (all(is.na(days$coverage_share))) cat("No news of these days is held, so this file cannot say how the tone moved.\n")

picture <- commandArgs(trailingOnly = TRUE)
if (length(picture) == 1) {
  grDevices::pdf(picture, width = 8, height = 4)
  both <- xtabs(n_official_acts ~ source_id + date, data = days)
  barplot(both, beside = TRUE, las = 2, cex.names = 0.6, ylab = "acts that are known", main = "Official acts by day", legend.text = TRUE)
  invisible(grDevices::dev.off())
}
