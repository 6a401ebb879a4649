package dev.tollbar.policy;

/** The versions of the policy language. */
public enum Dialect {
  VERSION_1,
  VERSION_2
}
