package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The description of the admin API, which answers are held against. */
final class OpenApi {
  private final JsonNode description;

  private OpenApi(JsonNode description) {
    this.description = description;
  }

  static OpenApi read() throws IOException {
    return new OpenApi(
        YAMLMapper.builder().build().readTree(Files.readString(Path.of("docs", "openapi.yaml"))));
  }

  /** Every operation, such as {@code GET /approvals/{id}}. */
  List<String> operations() {
    List<String> operations = new ArrayList<>();
    for (var path : description.path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        operations.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
      }
    }
    return operations;
  }

  /** What is wrong with an answer to an operation; nothing if it is as it is described. */
  List<String> faults(String operation, HttpResponse<String> answer) {
    String[] parts = operation.split(" ", 2);
    JsonNode responses =
        description
            .path("paths")
            .path(parts[1])
            .path(parts[0].toLowerCase(Locale.ROOT))
            .path("responses");
    JsonNode response = resolved(responses.path(Integer.toString(answer.statusCode())));
    if (response.isMissingNode()) {
      return List.of("status " + answer.statusCode() + " is not described");
    }
    if (!response.has("content")) {
      return answer.body().isEmpty() ? List.of() : List.of("a body is not described");
    }
    String type = answer.headers().firstValue("Content-Type").orElse("");
    JsonNode schema = response.path("content").path(type).path("schema");
    if (schema.isMissingNode()) {
      return List.of("the type " + type + " is not described");
    }
    return schema(schema).validate(answer.body(), InputFormat.JSON).stream()
        .map(Error::toString)
        .toList();
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? description.at(node.path("$ref").asText().substring(1)) : node;
  }

  /** With the components that it refers to. */
  private Schema schema(JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", description.path("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(whole.toString());
  }
}
