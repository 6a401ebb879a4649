package dev.tollbar.protocol;

/** What can be wrong with a message. The texts are for agents and name no input. */
public enum Fault {
  NOT_JSON(ErrorCode.PARSE_ERROR, "The message is not valid JSON"),
  NOT_UTF8(ErrorCode.PARSE_ERROR, "The message is not valid UTF-8"),
  LONE_SURROGATE(ErrorCode.PARSE_ERROR, "A string holds half of a surrogate pair"),
  BYTE_ORDER_MARK(ErrorCode.PARSE_ERROR, "The message begins with a byte order mark"),
  TRAILING_DATA(ErrorCode.PARSE_ERROR, "The message goes on after its end"),
  BATCH(ErrorCode.INVALID_REQUEST, "Batches are not served; send one message at a time"),
  EMPTY_BATCH(ErrorCode.INVALID_REQUEST, "A batch must hold at least one message"),
  LONG_BATCH(ErrorCode.INVALID_REQUEST, "A batch must hold at most 100 messages"),
  NOT_AN_OBJECT(ErrorCode.INVALID_REQUEST, "The message must be a JSON object"),
  DUPLICATE_MEMBER(ErrorCode.INVALID_REQUEST, "An object has two members of one name"),
  MEMBER_VARIANT(
      ErrorCode.INVALID_REQUEST,
      "A member name differs only in case or Unicode form from one that the protocol defines"),
  TOO_DEEP(ErrorCode.INVALID_REQUEST, "The message is nested too deeply"),
  NUMBER_TOO_LONG(
      ErrorCode.INVALID_REQUEST,
      "A number has more than 1000 characters or an exponent beyond 9999"),
  VERSION(ErrorCode.INVALID_REQUEST, "Member \"jsonrpc\" must be \"2.0\""),
  ID(
      ErrorCode.INVALID_REQUEST,
      "Member \"id\" must be a string of at most 256 characters or a whole number of at most 30"
          + " digits"),
  RESPONSE_WITHOUT_ID(ErrorCode.INVALID_REQUEST, "A response must have an \"id\""),
  METHOD(ErrorCode.INVALID_REQUEST, "Member \"method\" must be a string"),
  SHAPE(
      ErrorCode.INVALID_REQUEST, "A message has exactly one of \"method\", \"result\", \"error\""),
  ERROR(ErrorCode.INVALID_REQUEST, "Member \"error\" must be an object"),
  PARAMS(ErrorCode.INVALID_PARAMS, "Member \"params\" must be an object"),
  META(ErrorCode.INVALID_PARAMS, "Member \"params._meta\" must be an object"),
  PROGRESS_TOKEN(
      ErrorCode.INVALID_PARAMS,
      "Member \"params._meta.progressToken\" must be a string of at most 256 characters or a whole"
          + " number of at most 30 digits"),
  META_VERSION(
      ErrorCode.INVALID_PARAMS,
      "Member \"params._meta\" must have a string \"" + MetaKeys.PROTOCOL_VERSION + "\""),
  META_CAPABILITIES(
      ErrorCode.INVALID_PARAMS,
      "Member \"params._meta\" must have an object \"" + MetaKeys.CLIENT_CAPABILITIES + "\""),
  META_CLIENT_INFO(
      ErrorCode.INVALID_PARAMS,
      "Member \"" + MetaKeys.CLIENT_INFO + "\" of \"params._meta\" must be an object"),
  META_LOG_LEVEL(
      ErrorCode.INVALID_PARAMS,
      "Member \"" + MetaKeys.LOG_LEVEL + "\" of \"params._meta\" must be a string"),
  NOTIFICATIONS(
      ErrorCode.INVALID_PARAMS,
      "Member \"params.notifications\" must be an object, and its \"resourceSubscriptions\" a list"
          + " of at most 1000 URIs"),
  NAME(ErrorCode.INVALID_PARAMS, "Member \"params.name\" must be a string of 1 to 256 characters"),
  ARGUMENTS(ErrorCode.INVALID_PARAMS, "Member \"params.arguments\" must be an object"),
  URI(ErrorCode.INVALID_PARAMS, "Member \"params.uri\" must be a string of 1 to 8192 characters"),
  TASK_ID(
      ErrorCode.INVALID_PARAMS, "Member \"params.taskId\" must be a string of 1 to 256 characters"),
  REF(
      ErrorCode.INVALID_PARAMS,
      "Member \"params.ref\" must be a prompt reference with a \"name\" or a resource reference"
          + " with a \"uri\"");

  private final int code;
  private final String text;

  Fault(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The JSON-RPC error code. */
  public int code() {
    return code;
  }

  public String text() {
    return text;
  }
}
