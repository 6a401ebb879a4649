package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Tool;
import dev.tollbar.consent.Ruling;
import dev.tollbar.document.Problem;
import dev.tollbar.document.Revision;
import dev.tollbar.history.Comparison;
import dev.tollbar.policy.Section;
import dev.tollbar.state.StoredRevision;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The running gateway, as the admin API sees it. Called on many threads at once. */
public interface GatewayAccess {

  /**
   * A server of the revision in force.
   *
   * @param kind its transport kind
   * @param plugin the plugin of that kind
   * @param detail one line on its health
   * @param tools those that it has listed so far
   */
  record KnownServer(
      String name, String kind, String plugin, boolean up, String detail, Collection<Tool> tools) {}

  /**
   * A grant.
   *
   * @param source {@code document}, {@code stored}, or {@code local} for everybody on this machine
   * @param servers the policy it has on each server that it reaches
   */
  record KnownGrant(
      String name,
      String source,
      Map<String, String> servers,
      Map<String, String> labels,
      Optional<Instant> expires,
      Optional<Instant> revoked) {}

  String version();

  /** Does something with the revision in force; no other takes its place meanwhile. */
  <T> T during(Function<Revision, T> action);

  String revision();

  Health.Report health();

  List<KnownServer> servers();

  /**
   * Asks a server for its tools, if it has listed none here yet and was not asked within a minute.
   * Takes ten seconds at most; one that does not answer is as before.
   */
  void learnTools(String server);

  /** Those that may call now, and those that may not any more. */
  List<KnownGrant> grants();

  /** Stores what somebody says to an approval, and wakes the call that waits for it. */
  Ruling decide(String approval, boolean approve, String by, String comment);

  /**
   * Says why a recorded call is decided as it is by the revision in force.
   *
   * @param question JSON: {@code record} and {@code arguments}
   */
  Explained explain(byte[] question);

  /**
   * A call as somebody describes it.
   *
   * @param grant whose; empty for everybody on this machine
   * @param server empty for the only one
   * @param name of the tool or prompt, or the URI of the resource
   */
  record AskedCall(
      Optional<String> grant,
      Optional<String> server,
      Section section,
      String name,
      ObjectNode arguments,
      Optional<String> session) {}

  /** Says how the revision in force would decide a call now. */
  Explained explain(AskedCall call);

  /** An answer, with the status of HTTP. */
  record Explained(int status, String json) {}

  /**
   * The document.
   *
   * @param name the name of its file
   * @param text what is in force
   * @param files other files of it that are in force, such as scripts, by path
   * @param edited what its file says, if that is not in force; the beginning of it, if it is long
   * @param editedBytes how long its file is, if {@code edited} is the beginning only
   * @param changed the files, its own among them, that are not as they are in force
   * @param problems why that is not in force
   */
  record KnownDocument(
      String name,
      String revision,
      String text,
      Map<String, String> files,
      Optional<String> edited,
      Optional<Long> editedBytes,
      List<String> changed,
      List<Problem> problems) {}

  KnownDocument document();

  /** The plugins as JSON: an object with a member {@code plugins}. */
  String plugins();

  /** What the file of the store holds, as JSON. */
  String state() throws ApiProblem;

  /**
   * What is left of one limit, for one grant.
   *
   * @param left empty where that depends on the call
   * @param note why that is so
   */
  record KnownLimit(
      String grant,
      String server,
      String policy,
      String rule,
      boolean shadow,
      Optional<String> limit,
      Optional<String> max,
      Optional<String> left,
      Optional<String> resetsAt,
      Optional<String> note) {}

  List<KnownLimit> limits();

  /** A kept revision by its id, the beginning of it, {@code current} or {@code previous}. */
  StoredRevision kept(String name) throws ApiProblem;

  /** What changes for calls from one to the other. */
  Comparison compare(StoredRevision before, StoredRevision after) throws ApiProblem;

  /**
   * Writes the files of a kept revision where they lie, and reads the document again.
   *
   * @param force also if changes would be lost that were never in force: copies are kept
   * @return whether it is in force now
   */
  boolean rollBack(StoredRevision target, boolean force) throws ApiProblem;
}
