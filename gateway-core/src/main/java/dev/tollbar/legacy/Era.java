package dev.tollbar.legacy;

/** Which of the two protocols a server speaks. */
enum Era {
  /** Up to 2025-11-25: sessions that begin with {@code initialize}. */
  LEGACY,
  /** Since 2026-07-28: requests that stand alone. */
  MODERN
}
