#!/usr/bin/env bash
# Sums up .trx files: names every skipped test with its reason and every failed one with the first lines of its
# message, then one line for all. Fails when a test failed or a file counts no passed or failed test.
set -euo pipefail

awk '
  function unescape(text) {
    gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text)
    gsub(/&#39;|&apos;/, "\x27", text); gsub(/&amp;/, "\\&", text)
    return text
  }
  function attribute(line, name,    start, rest) {
    start = index(line, " " name "=\"")
    if (!start) return ""
    rest = substr(line, start + length(name) + 3)
    return substr(rest, 1, index(rest, "\"") - 1)
  }
  FNR == 1 { files++; ran[FILENAME] = 0 }
  /<UnitTestResult / {
    outcome = attribute($0, "outcome")
    skipped_test = outcome == "NotExecuted" ? attribute($0, "testName") : ""
    failed_test = outcome == "Failed" ? attribute($0, "testName") : ""
  }
  /<Message>/ && failed_test != "" { failures = failures "failed: " unescape(failed_test) ": "; lines = 6; failed_test = "" }
  lines > 0 {
    text = $0
    last = sub(/<\/Message>.*/, "", text)
    sub(/.*<Message>/, "", text)
    failures = failures unescape(text) "\n"
    lines = last ? 0 : lines - 1
  }
  /<StdOut>|<Message>/ && skipped_test != "" {
    reason = $0
    sub(/.*<(StdOut|Message)>/, "", reason); sub(/<\/(StdOut|Message)>.*/, "", reason)
    print "skipped: " unescape(skipped_test) ": " unescape(reason)
    skipped_test = ""
  }
  /<Counters / {
    total = attribute($0, "total"); good = attribute($0, "passed"); bad = attribute($0, "failed")
    passed += good; failed += bad; skipped += total - good - bad; ran[FILENAME] = good + bad
  }
  END {
    for (file in ran) if (!ran[file]) { print file ": no test ran"; empty = 1 }
    printf "%s", failures
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed > 0 || empty || !files
  }
' "$@"
