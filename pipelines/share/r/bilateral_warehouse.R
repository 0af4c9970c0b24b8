# Data frames from the bilateral-relations warehouse, as known now or on any day (as_of). One file: source("bilateral_warehouse.R").
#
#     panel("USA", "CHN", by = "month", as_of = "2023-12-22", from = "warehouse/bilateral.duckdb")
#     listings("USA", "CHN", on = "2023-11-15", from = "tables/")
#     overdose(as_of = "2023-12-22", actor_id = "USA", measure = "deaths_12m", drug = "all", basis = "predicted", from = "tables/")
#
# from: a published file (needs the packages DBI and duckdb); the address of a release, whose file is downloaded once and checked by
# its hash (needs them too, and R 4.5); or a folder of CSV (base R alone), made by
# `bilateral export --all --to tables/ --format csv`. Of CSV no panel is given as known on an earlier day: that needs the macro of
# the file. NA is "not known", never 0. The file with what each column means is datapackage.json beside the tables.

panel <- function(a, b, by = "month", as_of = NULL, from = "warehouse/bilateral.duckdb") {
  if (!.is_folder(from)) {
    known <- if (is.null(as_of)) "" else paste0(", ", .text(.moment(as_of)))
    macro <- if (is.null(as_of)) "dyad_panel" else "dyad_panel_as_known"
    query <- sprintf("FROM %s(%s, %s, %s%s) ORDER BY source_id, target_id, period_end", macro, .text(a), .text(b), .text(by), known)
    return(.asked(from, query))
  }
  if (!is.null(as_of)) {
    stop("a panel as known on a day is made by a macro of the file, not of CSV: install duckdb, or let the command line ask: bilateral ",
         "export \"FROM dyad_panel_as_known('", a, "', '", b, "', '", by, "', DATE '", as_of, "')\" --to then/ --format csv", call. = FALSE)
  }
  if (!by %in% c("day", "month")) stop("of CSV there are panels by day and by month, not by ", by, ": aggregate, or install duckdb", call. = FALSE)
  rows <- .table(from, paste0("marts.dyad_", by))
  rows <- rows[(rows$source_id == a & rows$target_id == b) | (rows$source_id == b & rows$target_id == a), ]
  .ordered(rows, intersect(c("source_id", "target_id", "period_end", "date"), names(rows)))
}

# Listings of a state's lists (source), of another's parties (target); on: those in force on that day. valid_from NA: it was there in
# the first edition held. Of CSV as_of is not given: which state a party counts for is decided anew by the macro of the file.
listings <- function(source = NULL, target = NULL, on = NULL, as_of = NULL, from = "warehouse/bilateral.duckdb") {
  if (!.is_folder(from)) {
    known <- if (is.null(as_of)) "end_of_time()" else .text(.moment(as_of))
    only <- c("NOT is_by_link", if (!is.null(source)) paste("source_id =", .text(source)), if (!is.null(target)) paste("target_id =", .text(target)))
    rows <- .asked(from, sprintf("FROM listing_dyads_as_known(%s) WHERE %s", known, paste(only, collapse = " AND ")))
  } else {
    if (!is.null(as_of)) {
      stop("listings as known on a day are made by a macro of the file, not of CSV: install duckdb, or let the command line ask: ",
           "bilateral export \"FROM listing_dyads_as_known(DATE '", as_of, "')\" --to then/ --format csv", call. = FALSE)
    }
    rows <- .table(from, "marts.listing_dyads")
    rows <- rows[!rows$is_by_link, ]
    if (!is.null(source)) rows <- rows[!is.na(rows$source_id) & rows$source_id == source, ]
    if (!is.null(target)) rows <- rows[!is.na(rows$target_id) & rows$target_id == target, ]
  }
  if (!is.null(on)) {
    day <- .day(on)
    rows <- rows[!is.na(rows$seen_from) & rows$seen_from <= day & (is.na(rows$valid_to) | day < rows$valid_to), ]
  }
  .ordered(rows, c("source_id", "target_id", "list_id", "listing_id"))
}

# Overdose figures; further arguments are values of columns: actor_id = "USA". Sums over twelve months overlap: never add them up.
overdose <- function(as_of = NULL, ..., from = "warehouse/bilateral.duckdb") {
  only <- list(...)
  if (!.is_folder(from)) {
    known <- if (is.null(as_of)) "end_of_time()" else .text(.moment(as_of))
    where <- c("true", if (length(only)) sprintf("\"%s\" = %s", names(only), vapply(only, .text, "")))
    rows <- .asked(from, sprintf("FROM overdose_as_known(%s) WHERE %s", known, paste(where, collapse = " AND ")))
  } else {
    rows <- .table(from, "core.overdose_observations")
    wrong <- setdiff(names(only), names(rows))
    if (length(wrong)) stop("there is no column ", wrong[1], "; there are ", paste(names(rows), collapse = ", "), call. = FALSE)
    for (name in names(only)) rows <- rows[!is.na(rows[[name]]) & rows[[name]] == only[[name]], ]
    moment <- if (is.null(as_of)) as.POSIXct("9999-12-31", tz = "UTC") else .moment(as_of)
    rows <- rows[rows$known_from <= moment & (is.na(rows$known_to) | moment < rows$known_to), ]
    # what ended a version was not known while it stood
    rows$known_to <- as.POSIXct(rep(NA, nrow(rows)), tz = "UTC")
  }
  .ordered(rows, c("source", "actor_id", "measure", "drug", "basis", "counts_by", "period_end"))
}

.is_folder <- function(from) dir.exists(from)

# A table of a folder of CSV: days as Date, moments as POSIXct in UTC, true and false as logical; an empty field is NA.
.table <- function(folder, name) {
  path <- file.path(folder, paste0(name, ".csv"))
  if (!file.exists(path)) stop(path, " does not exist: bilateral export --all --to ", folder, " --format csv", call. = FALSE)
  rows <- utils::read.csv(path, na.strings = "", stringsAsFactors = FALSE, colClasses = "character", encoding = "UTF-8", check.names = FALSE)
  for (column in names(rows)) rows[[column]] <- .typed(rows[[column]])
  rows
}

.typed <- function(text) {
  known <- text[!is.na(text)]
  if (length(known) == 0) return(text)
  if (all(grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", known))) return(as.Date(text))
  if (all(grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+$", known))) return(as.POSIXct(text, format = "%Y-%m-%d %H:%M:%OS", tz = "UTC"))
  if (all(known %in% c("true", "false"))) return(text == "true")
  # "007" is a name, not a number
  if (all(grepl("^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$", known))) return(as.numeric(text))
  text
}

.ordered <- function(rows, by) {
  rows <- rows[do.call(order, c(unname(lapply(by, function(name) rows[[name]])), list(method = "radix", na.last = TRUE))), ]
  rownames(rows) <- NULL
  rows
}

.asked <- function(from, query) {
  for (package in c("DBI", "duckdb")) {
    if (!requireNamespace(package, quietly = TRUE)) {
      stop(from, " is read with the package ", package, ", which is not installed; without it: bilateral export --all --to tables/ ",
           "--format csv, then from = \"tables/\"", call. = FALSE)
    }
  }
  path <- if (grepl("^https?://", from)) .downloaded(from) else path.expand(from)
  if (!file.exists(path)) stop(path, " does not exist: 'make demo' or 'bilateral refresh' makes it; a release holds one too", call. = FALSE)
  # a connection of its own for each question: after a refresh the next question sees the new file
  driver <- duckdb::duckdb(dbdir = path, read_only = TRUE)
  con <- DBI::dbConnect(driver)
  on.exit({ DBI::dbDisconnect(con); duckdb::duckdb_shutdown(driver) })
  DBI::dbGetQuery(con, query)
}

# The file of a release, in the cache of this user once its hash is right.
.downloaded <- function(from, cache = tools::R_user_dir("bilateral_warehouse", "cache")) {
  folder <- sub("/(bilateral[.]duckdb|index[.]html)?$", "", sub("#.*", "", from))
  lines <- readLines(url(paste0(folder, "/SHA256SUMS")), warn = FALSE)
  sum <- sub(" .*", "", grep("^[0-9a-f]{64} [ *]bilateral[.]duckdb$", lines, value = TRUE))
  if (length(sum) != 1) stop(folder, "/SHA256SUMS names no bilateral.duckdb: is it the folder of a release?", call. = FALSE)
  path <- file.path(cache, sum, "bilateral.duckdb")
  if (file.exists(path)) return(path)
  if (getRversion() < "4.5.0") stop("R ", getRversion(), " knows no SHA-256: download ", folder, "/bilateral.duckdb yourself", call. = FALSE)
  dir.create(dirname(path), recursive = TRUE, showWarnings = FALSE)
  draft <- tempfile(tmpdir = dirname(path))
  on.exit(unlink(draft))
  utils::download.file(paste0(folder, "/bilateral.duckdb"), draft, mode = "wb", quiet = TRUE)
  found <- unname(tools::sha256sum(draft))
  if (found != sum) stop(folder, "/bilateral.duckdb has the SHA-256 ", found, ", not ", sum, ": it was not kept; ask again", call. = FALSE)
  file.rename(draft, path)
  path
}

.text <- function(value) {
  if (inherits(value, "POSIXct")) value <- format(value, "%Y-%m-%d %H:%M:%OS6", tz = "UTC")
  paste0("'", gsub("'", "''", as.character(value), fixed = TRUE), "'")
}

.day <- function(text) {
  if (inherits(text, "Date")) return(text)
  if (!grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text)) stop("'", text, "' is no date: write it as 2023-11-15", call. = FALSE)
  as.Date(text)
}

# A moment in UTC; a day alone is its first instant.
.moment <- function(text) {
  if (inherits(text, "POSIXct")) return(text)
  if (inherits(text, "Date")) text <- format(text)
  if (!grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$", text)) {
    stop("'", text, "' is no moment: write it as 2023-12-22 or 2023-12-22T15:00 (UTC)", call. = FALSE)
  }
  text <- sub("T", " ", text, fixed = TRUE)
  as.POSIXct(text, tz = "UTC", tryFormats = c("%Y-%m-%d %H:%M:%OS", "%Y-%m-%d %H:%M", "%Y-%m-%d"))
}
