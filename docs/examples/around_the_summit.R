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
# days that are hardly held must not be compared with days held whole; NA: nothing of the day is held
held <- tapply(!is.na(days$coverage_share) & days$coverage_share == 1, days$source_id, all)
print(tone[c("source_id", "when", "n_events", "goldstein_mean")], row.names = FALSE)

# Lists: was the institute listed, as known now and as a reader of the 16th could know?
institute <- "contains(name, 'Institute of Forensic Science')"
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
for (source in sort(unique(days$source_id))) {
  if (!held[[source]]) {
    cat(sprintf("%s: the news of these days is not held whole, so this file cannot say how the tone moved.\n", source))
    next
  }
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
