package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.http.AdminReply;
import java.util.HashMap;
import java.util.Map;

/** Why a request is not answered as it was meant. Source of the form: RFC 9457. */
public final class ApiProblem extends Exception {
  private static final long serialVersionUID = 1;
  private static final Map<Integer, String> TITLES =
      Map.of(
          400, "Bad request",
          401, "Not logged in",
          403, "Not allowed",
          404, "Not found",
          405, "Method not allowed",
          409, "Not possible now",
          413, "Too large",
          429, "Too many attempts",
          503, "Unavailable");

  private final int status;
  private final String code;
  private final transient Map<String, String> headers;

  private ApiProblem(int status, String code, String detail, Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.headers = Map.copyOf(headers);
  }

  /**
   * A problem.
   *
   * @param status of HTTP
   * @param code one word for programs
   * @param detail a sentence for people
   */
  public static ApiProblem of(int status, String code, String detail) {
    return new ApiProblem(status, code, detail, Map.of());
  }

  static ApiProblem badRequest(String detail) {
    return of(400, "bad_request", detail);
  }

  static ApiProblem notFound(String detail) {
    return of(404, "not_found", detail);
  }

  ApiProblem with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new ApiProblem(status, code, detail(), more);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  AdminReply.Whole reply() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "urn:tollbar:problem:" + code);
    json.put("title", TITLES.getOrDefault(status, "Failed"));
    json.put("status", status);
    json.put("detail", detail());
    json.put("code", code);
    return Json.reply(status, "application/problem+json", json, headers);
  }
}
