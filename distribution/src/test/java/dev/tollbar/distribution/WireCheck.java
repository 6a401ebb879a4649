package dev.tollbar.distribution;

/**
 * What clients rely on at the wire and the suites do not check, or only by the way. Each holds for
 * the suites' fixture itself and must hold through the gateway; and each mistake that {@code
 * faulty-proxy.mjs} can make breaks at least one.
 */
enum WireCheck {
  NAMES_A_SESSION(LegacyChecks::namesASession),
  TAKES_A_NOTIFICATION_WITHOUT_A_BODY(LegacyChecks::takesANotificationWithoutABody),
  KNOWS_NO_OTHER_SESSION(LegacyChecks::knowsNoOtherSession),
  ENDS_A_SESSION(LegacyChecks::endsASession),
  REFUSES_A_REVISION_THAT_THERE_IS_NOT(LegacyChecks::refusesARevisionThatThereIsNot),
  REFUSES_A_FOREIGN_HOST(LegacyChecks::refusesAForeignHost),
  KEEPS_IDS_AS_THEY_ARE(LegacyChecks::keepsIdsAsTheyAre),
  ASKS_WHILE_A_CALL_RUNS(LegacyChecks::asksWhileACallRuns),
  REPORTS_PROGRESS_BY_THE_CLIENTS_TOKEN(LegacyChecks::reportsProgressByTheClientsToken),
  GOES_ON_WHERE_A_STREAM_WAS_CLOSED(LegacyChecks::goesOnWhereAStreamWasClosed),
  TELLS_OF_CHANGES_OUTSIDE_OF_CALLS(LegacyChecks::tellsOfChangesOutsideOfCalls),
  KEEPS_ALL_OF_A_TOOL_LIST(LegacyChecks::keepsAllOfAToolList),
  KEEPS_ALL_OF_A_RESULT(LegacyChecks::keepsAllOfAResult),
  KEEPS_ERRORS_AS_THEY_ARE(LegacyChecks::keepsErrorsAsTheyAre),
  CANCELS_THE_CALL_THAT_IS_MEANT(LegacyChecks::cancelsTheCallThatIsMeant),
  ANSWERS_A_CALL_WITHOUT_A_SESSION(ModernChecks::answersACallWithoutASession),
  PASSES_ARGUMENTS_IN_HEADERS(ModernChecks::passesArgumentsInHeaders),
  REFUSES_HEADERS_THAT_DISAGREE(ModernChecks::refusesHeadersThatDisagree),
  CARRIES_THE_STATE_OF_A_REQUEST(ModernChecks::carriesTheStateOfARequest),
  KEEPS_HINTS_FOR_CACHES(ModernChecks::keepsHintsForCaches),
  CANCELS_A_CALL_WHOSE_CLIENT_LEFT(ModernChecks::cancelsACallWhoseClientLeft);

  @FunctionalInterface
  private interface Body {
    void run(WireClient wire) throws Exception;
  }

  @SuppressWarnings("ImmutableEnumChecker") // methods that hold nothing
  private final Body body;

  WireCheck(Body body) {
    this.body = body;
  }

  /** Whether it holds with a server behind the gateway that is reached so. */
  boolean holdsOver(String transport) {
    // A server on stdio has no connection that it could close.
    return transport.equals("http") || this != GOES_ON_WHERE_A_STREAM_WAS_CLOSED;
  }

  /** Fails by an assertion where it does not hold. */
  void run(WireClient wire) throws Exception {
    body.run(wire);
  }
}
