# What moved around a summit? The question of around_the_summit.ipynb, in R.
#
# The sample is small and partly made up: its rows of news are invented, so its tone says nothing of the world.
#
#     make demo                                          # or real data: bilateral refresh --from live
#     cd docs/examples && Rscript around_the_summit.R    # with a name, tone.pdf say, it draws the tone there
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

# Tone: two weeks before and after, by day; source_id is who acts, Goldstein values run from -10 to 10
days <- ask("
  SELECT source_id, date, n_events, n_goldstein, goldstein_sum, goldstein_mean, coverage_share
  FROM dyad_panel('USA', 'CHN', 'day')
  WHERE date BETWEEN DATE '2023-11-01' AND DATE '2023-11-29'
  ORDER BY source_id, date
")
days$when <- ifelse(days$date < meeting, "1 before", ifelse(days$date == meeting, "2 the day", "3 after"))
tone <- aggregate(cbind(n_events, n_goldstein, goldstein_sum) ~ when + source_id, data = days, FUN = sum)
tone$goldstein_mean <- round(tone$goldstein_sum / tone$n_goldstein, 2)
stopifnot(all(days$coverage_share == 1)) # days that are hardly held must not be compared with days held whole
print(tone[c("source_id", "when", "n_events", "goldstein_mean")], row.names = FALSE)

# Lists: was the institute listed, as known now and as a reader of the 16th could know?
institute <- "name LIKE '%Institute of Forensic Science%'"
certainty <- function(rows) if (nrow(rows) == 0) "not listed" else rows$certainty
answers <- data.frame(
  listed_on = c("the 15th", "the 16th", "the 16th"),
  as_known = c("now", "now", "on the 16th"),
  answer = c(
    certainty(ask(paste("SELECT certainty FROM listed_on(DATE '2023-11-15') WHERE", institute))),
    certainty(ask(paste("SELECT certainty FROM listed_on(DATE '2023-11-16') WHERE", institute))),
    certainty(ask(paste("SELECT certainty FROM listed_as_known(DATE '2023-11-16', DATE '2023-11-17') WHERE", institute)))
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
newest <- utils::tail(deaths[!is.na(deaths$known_then), ], 1)
cat(sprintf(
  "That morning the newest count was %s deaths in the twelve months to %s,\n",
  format(newest$known_then, big.mark = ","), newest$period_end
))
cat(sprintf(
  "of the vintage of %s; %d of the %d periods above had no count yet.\n",
  newest$vintage_date, sum(is.na(deaths$known_then)), nrow(deaths)
))
cat(sprintf("%d parties stood certainly on the lists held; the institute was one, and on the 16th no longer.\n", as.integer(n_listed)))
for (source in unique(tone$source_id)) {
  rows <- tone[tone$source_id == source, ]
  cat(sprintf(
    "%s: mean tone %+.2f in the two weeks before, %+.2f in the two after; all days are held whole.\n",
    source, rows$goldstein_mean[rows$when == "1 before"], rows$goldstein_mean[rows$when == "3 after"]
  ))
}

picture <- commandArgs(trailingOnly = TRUE)
if (length(picture) == 1) {
  grDevices::pdf(picture, width = 8, height = 4)
  both <- reshape(days[c("source_id", "date", "goldstein_mean")], idvar = "date", timevar = "source_id", direction = "wide")
  matplot(
    both$date, both[-1], type = "b", lty = 1:2, pch = c(16, 1), ylim = c(-10, 10), xaxt = "n",
    xlab = "", ylab = "mean Goldstein value", main = "Tone by day (the sample's news are invented)"
  )
  axis.Date(1, both$date)
  abline(v = meeting, lty = 3)
  legend("bottomleft", sub("goldstein_mean.", "", names(both)[-1], fixed = TRUE), lty = 1:2, pch = c(16, 1), col = 1:2)
  invisible(grDevices::dev.off())
}
