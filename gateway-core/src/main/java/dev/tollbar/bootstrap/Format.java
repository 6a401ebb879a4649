package dev.tollbar.bootstrap;

/** Who a command writes for. */
enum Format {
  HUMAN,
  JSON
}
