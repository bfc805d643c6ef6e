# Runs R `surveillance` (Höhle et al.) as an oracle over the cases that bench/farrington_vs_r.py writes.
# Usage: Rscript farrington_oracle.R DIRECTORY; reads series.csv, farrington_cases.csv, ears_cases.csv there,
# writes farrington_results.csv, ears_results.csv and seconds.csv (CPU seconds of each farringtonFlexible call).
suppressMessages(library(surveillance))
directory <- commandArgs(trailingOnly = TRUE)[1]
table_of <- function(name) {
  path <- file.path(directory, name)
  if (file.exists(path)) read.csv(path, stringsAsFactors = FALSE) else data.frame()
}
write_to <- function(name, rows) {
  rows <- do.call(rbind, rows)
  if (is.null(rows)) return(invisible())
  numeric <- sapply(rows, is.double)
  rows[numeric] <- lapply(rows[numeric], function(x) ifelse(is.na(x), NA, sprintf("%.17g", x)))
  write.csv(rows, file.path(directory, name), row.names = FALSE, quote = FALSE)
}
series <- split(table_of("series.csv"), table_of("series.csv")$series)
as_sts <- function(name, dated, freq) {
  rows <- series[[name]]
  counts <- matrix(rows$observed, ncol = 1)
  people <- matrix(rows$population, ncol = 1)
  if (dated) sts(counts, epoch = as.Date(rows$date), frequency = freq, population = people)
  else sts(counts, frequency = freq, population = people)
}

results <- list()
seconds <- list()
cases <- table_of("farrington_cases.csv")
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- as_sts(case$series, case$dated == 1, case$freq)
  control <- list(
    range = case$from:case$to, b = case$b, w = case$w, reweight = case$reweight == 1,
    weightsThreshold = case$weights_threshold, alpha = case$alpha, trend = case$trend == 1,
    pThresholdTrend = case$p_threshold_trend, limit54 = c(case$limit_cases, case$limit_periods),
    powertrans = case$powertrans, populationOffset = case$population_offset == 1,
    noPeriods = case$no_periods, pastWeeksNotIncluded = case$past_weeks_not_included,
    thresholdMethod = case$threshold_method, glmWarnings = FALSE
  )
  message <- ""
  time <- system.time(
    answer <- tryCatch(suppressWarnings(farringtonFlexible(x, control)),
                       error = function(e) { message <<- conditionMessage(e); NULL })
  )
  seconds[[i]] <- data.frame(case = case$case, seconds = time[["user.self"]] + time[["sys.self"]],
                             error = gsub("[,\n]", " ", message))
  if (is.null(answer)) next
  k <- answer@control
  results[[length(results) + 1]] <- data.frame(
    case = case$case, t = case$from:case$to, upperbound = upperbound(answer)[, 1],
    alarm = as.double(alarms(answer)[, 1]), score = k$score[, 1], p_value = k$pvalue[, 1],
    expected = k$expected[, 1], mu0 = k$mu0Vector[, 1], phi = k$phiVector[, 1],
    trend = as.double(k$trend[, 1]), trend_coefficient = k$trendVector[, 1]
  )
}
write_to("farrington_results.csv", results)
write_to("seconds.csv", seconds)

results <- list()
cases <- table_of("ears_cases.csv")
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- as_sts(case$series, FALSE, 52)
  control <- list(method = case$method, baseline = case$baseline, minSigma = case$min_sigma,
                  alpha = case$alpha)
  answer <- tryCatch(suppressWarnings(earsC(x, control)), error = function(e) NULL)
  if (is.null(answer)) next
  rows <- answer@control$range
  results[[length(results) + 1]] <- data.frame(
    case = case$case, t = rows, upperbound = upperbound(answer)[, 1],
    alarm = as.double(alarms(answer)[, 1])
  )
}
write_to("ears_results.csv", results)
